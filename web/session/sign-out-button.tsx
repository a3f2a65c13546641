import { useLogout } from 'bienvenue-auth/react';
import { ErrorAlert } from '../errors/error-alert.tsx';
import { useText } from '../i18n/language.tsx';
import { useEndSession } from './session-end.tsx';

/** Ends the session. The guard of the page then redirects to the sign-in page. */
export function SignOutButton() {
  const text = useText();
  const [logout, { loading, error }] = useLogout();
  const endSession = useEndSession();
  return (
    <div className="sign-out">
      <button
        type="button"
        className="button button-quiet"
        aria-disabled={loading}
        onClick={() => void endSession('signedOut', () => logout())}
      >
        {text.signOut}
      </button>
      {error && (
        <div className="sign-out-error">
          <ErrorAlert shown={{ error }} />
        </div>
      )}
    </div>
  );
}
