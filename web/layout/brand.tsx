import { settings } from '../settings.ts';

/** The operator's logo, or the first letter of the name, with the name. Leads to the service's start page. */
export function Brand() {
  const { name, logo } = settings.brand;
  return (
    <a className="brand" href="/">
      {logo ? (
        <img className="brand-logo" src={logo} alt="" height="32" />
      ) : (
        <span className="brand-mark" aria-hidden="true">
          {[...name][0]?.toUpperCase()}
        </span>
      )}
      <span className="brand-name">{name}</span>
    </a>
  );
}
