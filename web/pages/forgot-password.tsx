import { useRequestPasswordReset } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Form } from '../form/form.tsx';
import { EmailField } from '../form/text-field.tsx';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from '../layout/page-heading.tsx';
import { CheckMail } from './check-mail.tsx';

/** Mails a link that sets a new password. */
export default function ForgotPassword() {
  const text = useText();
  const [requestPasswordReset] = useRequestPasswordReset();
  const [sentTo, setSentTo] = useState<string>();
  if (sentTo !== undefined)
    return <CheckMail sentence={text.checkMailReset(sentTo)} onBack={() => setSentTo(undefined)} />;
  return (
    <>
      <PageHeading title={text.forgotTitle} lead={text.forgotLead} />
      <Form
        submit={text.sendResetLink}
        onSubmit={async values => {
          const email = values.get('email');
          const { error } = await requestPasswordReset({ email });
          if (!error) setSentTo(email);
          return error;
        }}
      >
        <EmailField />
      </Form>
      <div className="card-links">
        <p>
          <Link to="/account/sign-in">{text.backToSignIn}</Link>
        </p>
      </div>
    </>
  );
}
