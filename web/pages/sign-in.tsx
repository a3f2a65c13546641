import { useLogin } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Link, useSearch } from 'wouter';
import { Checkbox } from '../form/checkbox.tsx';
import { Form } from '../form/form.tsx';
import { PasswordField } from '../form/password-field.tsx';
import { EmailField } from '../form/text-field.tsx';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from '../layout/page-heading.tsx';
import { SessionNotice } from '../session/notice.tsx';
import { settings } from '../settings.ts';
import { CheckMail } from './check-mail.tsx';

/** Signs in. The guard of this page leads the user on as soon as the profile is known. */
export default function SignIn() {
  const text = useText();
  const search = useSearch();
  const [login] = useLogin();
  const [confirming, setConfirming] = useState<string>();
  if (confirming !== undefined)
    return <CheckMail sentence={text.checkMailConfirm(confirming)} onBack={() => setConfirming(undefined)} />;
  return (
    <>
      <PageHeading title={text.signInTitle} lead={text.signInLead(settings.brand.name)} />
      <SessionNotice />
      <Form
        submit={text.signIn}
        onSubmit={async values => {
          const { data, error } = await login({
            email: values.get('email'),
            password: values.get('password'),
            rememberMe: values.checked('rememberMe'),
          });
          if (data?.__typename === 'EmailConfirmationRequired') setConfirming(data.email);
          return error;
        }}
      >
        <EmailField />
        <PasswordField name="password" label={text.password} autoComplete="current-password" />
        <div className="form-row">
          <Checkbox name="rememberMe" label={text.rememberMe} defaultChecked />
        </div>
      </Form>
      <div className="card-links">
        <p>
          <Link to="/account/forgot-password">{text.forgotPassword}</Link>
        </p>
        <p>
          {text.noAccount} <Link to={`/account/register${search && `?${search}`}`}>{text.createAccount}</Link>
        </p>
      </div>
    </>
  );
}
