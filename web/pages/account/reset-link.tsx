import { useRequestPasswordReset } from 'bienvenue-auth/react';
import { Form } from '../../form/form.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { accountTexts } from './texts.ts';

/** The way to a password for those who do not know theirs, and for accounts that have none. */
export function ResetLink({ email }: { email: string }) {
  const shared = useText();
  const text = useTexts(accountTexts);
  const [requestPasswordReset] = useRequestPasswordReset();
  return (
    <section className="panel">
      <h2>{text.noPassword}</h2>
      <p className="long-words">{text.noPasswordLead(email)}</p>
      <Form
        submit={shared.sendResetLink}
        tone="plain"
        done={text.verificationSent}
        onSubmit={async () => (await requestPasswordReset({ email })).error}
      />
    </section>
  );
}
