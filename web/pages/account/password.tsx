import { useChangePassword } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Form } from '../../form/form.tsx';
import { NewPasswordField, PasswordField } from '../../form/password-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { ButtonLink } from '../../layout/button-link.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { useOwnProfile } from './own-profile.ts';
import { ResetLink } from './reset-link.tsx';
import { accountTexts } from './texts.ts';

/** Changes the password. Sessions elsewhere end. */
export default function Password() {
  const shared = useText();
  const text = useTexts(accountTexts);
  const profile = useOwnProfile();
  const [changePassword] = useChangePassword();
  const [changed, setChanged] = useState(false);
  if (!profile) return null;
  if (changed) {
    return (
      <>
        <PageHeading title={text.passwordDoneTitle} lead={text.passwordDone} />
        <ButtonLink to="/account" label={shared.goToAccount} />
      </>
    );
  }
  return (
    <>
      <PageHeading title={text.passwordTitle} lead={text.passwordLead} />
      <section className="panel">
        <Form
          submit={text.changePassword}
          places={{ INVALID_CREDENTIALS: { field: 'currentPassword', text: shared.errorPasswordWrong } }}
          onSubmit={async values => {
            const { data, error } = await changePassword({
              currentPassword: values.get('currentPassword'),
              newPassword: values.get('newPassword'),
            });
            if (data) setChanged(true);
            return error;
          }}
        >
          {/* Password managers learn from it whose password it is. */}
          <input type="email" name="email" defaultValue={profile.email} autoComplete="username" readOnly hidden />
          <PasswordField name="currentPassword" label={shared.currentPassword} autoComplete="current-password" />
          <NewPasswordField name="newPassword" label={shared.newPassword} />
        </Form>
      </section>
      <ResetLink email={profile.email} />
    </>
  );
}
