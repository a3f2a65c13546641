import { Link } from 'wouter';

/** A link to the next step, as prominent as a button. */
export const ButtonLink = ({ to, label }: { to: string; label: string }) => (
  <Link to={to} className="button button-primary">
    {label}
  </Link>
);
