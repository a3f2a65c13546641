import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { useReauthenticate } from 'bienvenue-auth/react';
import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { Form } from '../form/form.tsx';
import { PasswordField } from '../form/password-field.tsx';
import { useText } from '../i18n/language.tsx';
import { PasswordDialogOpen } from './password-dialog-open.ts';

/** Asks for the password. Resolves to whether it was confirmed. */
type Ask = () => Promise<boolean>;

const Context = createContext<Ask>(async () => false);

/** What a mutation of the kit resolves to. */
interface Outcome {
  error?: AuthErrorInfo;
}

/**
 * For operations that need a recent confirmation of the password: runs one, asks for the password if the server wants it,
 * and runs it again. Resolves to its outcome, or to `{}`, with neither data nor error, when the user cancels.
 */
export function useRecentPassword() {
  const ask = use(Context);
  return useCallback(
    async <Result extends Outcome>(
      operation: () => Promise<Result>,
    ): Promise<Result | { data?: undefined; error?: undefined }> => {
      const first = await operation();
      if (first.error?.code !== 'RECENT_AUTH_REQUIRED') return first;
      return (await ask()) ? operation() : {};
    },
    [ask],
  );
}

/** Shows the dialog that `useRecentPassword` opens. */
export function ConfirmPasswordProvider({ children }: { children: ReactNode }) {
  const [pending, setPending] = useState<{ resolve(confirmed: boolean): void }>();
  const ask = useCallback(() => new Promise<boolean>(resolve => setPending({ resolve })), []);
  const close = (confirmed: boolean) => {
    // A late response of a cancelled dialog must not close the next one.
    setPending(current => (current === pending ? undefined : current));
    pending?.resolve(confirmed);
  };
  return (
    <Context value={ask}>
      <PasswordDialogOpen value={pending !== undefined}>{children}</PasswordDialogOpen>
      {pending && <ConfirmPasswordDialog onClose={close} />}
    </Context>
  );
}

function ConfirmPasswordDialog({ onClose }: { onClose(confirmed: boolean): void }) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [reauthenticate] = useReauthenticate();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="confirm-password-title" onCancel={() => onClose(false)}>
      <h2 id="confirm-password-title">{text.confirmPasswordTitle}</h2>
      <p className="lead">{text.confirmPasswordLead}</p>
      <Form
        submit={text.confirmPassword}
        places={{ INVALID_CREDENTIALS: { field: 'password', text: text.errorPasswordWrong } }}
        beside={
          <button type="button" className="button" onClick={() => onClose(false)}>
            {text.cancel}
          </button>
        }
        onSubmit={async values => {
          const { error } = await reauthenticate({ password: values.get('password') });
          if (!error) onClose(true);
          return error;
        }}
      >
        <PasswordField name="password" label={text.password} autoComplete="current-password" />
      </Form>
    </dialog>
  );
}
