import { useRegister } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Link, useSearch } from 'wouter';
import { Form } from '../form/form.tsx';
import { NewPasswordField } from '../form/password-field.tsx';
import { EmailField, TextField } from '../form/text-field.tsx';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from '../layout/page-heading.tsx';
import { CheckMail } from './check-mail.tsx';

/** Creates an account, which signs in or, where addresses have to be confirmed, sends a mail. */
export default function Register() {
  const text = useText();
  const search = useSearch();
  const [register] = useRegister();
  const [confirming, setConfirming] = useState<string>();
  if (confirming !== undefined)
    return <CheckMail sentence={text.checkMailConfirm(confirming)} onBack={() => setConfirming(undefined)} />;
  return (
    <>
      <PageHeading title={text.registerTitle} lead={text.registerLead} />
      <Form
        submit={text.createAccount}
        places={{ EMAIL_TAKEN: { field: 'email', text: text.emailTakenHint } }}
        onSubmit={async values => {
          const { data, error } = await register({
            name: values.get('name').trim() || null,
            email: values.get('email'),
            password: values.get('password'),
          });
          if (data?.__typename === 'EmailConfirmationRequired') setConfirming(data.email);
          return error;
        }}
      >
        <TextField name="name" label={text.name} autoComplete="name" required={false} />
        <EmailField />
        <NewPasswordField name="password" label={text.password} />
      </Form>
      <div className="card-links">
        <p>
          {text.haveAccount} <Link to={`/account/sign-in${search && `?${search}`}`}>{text.signIn}</Link>
        </p>
      </div>
    </>
  );
}
