import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { ErrorAlert } from '../errors/error-alert.tsx';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from './page-heading.tsx';

/** Says why a page could not be loaded and offers to try again. */
export function LoadFailed({ error, retry }: { error: AuthErrorInfo; retry(): void }) {
  const text = useText();
  return (
    <>
      <PageHeading title={text.loadFailedTitle} />
      <ErrorAlert shown={{ error }} />
      <button type="button" className="button" onClick={retry}>
        {text.tryAgain}
      </button>
    </>
  );
}
