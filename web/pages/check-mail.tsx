import { Link } from 'wouter';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from '../layout/page-heading.tsx';

interface CheckMailProps {
  /** What was sent where. */
  sentence: string;
  /** Back to the form, for another address. */
  onBack(): void;
}

/** Asks the user to open their mail. */
export function CheckMail({ sentence, onBack }: CheckMailProps) {
  const text = useText();
  return (
    <>
      <PageHeading title={text.checkMailTitle} />
      <p className="long-words">{sentence}</p>
      <p className="fine-print">{text.checkMailHint}</p>
      <div className="card-links">
        <p>
          <button type="button" className="link-button" onClick={onBack}>
            {text.otherAddress}
          </button>
        </p>
        <p>
          {/* On the sign-in page itself the path stays the same. */}
          <Link to="/account/sign-in" onClick={onBack}>
            {text.backToSignIn}
          </Link>
        </p>
      </div>
    </>
  );
}
