import { useResetPassword } from 'bienvenue-auth/react';
import { NewPasswordField } from '../form/password-field.tsx';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';
import { LinkPage } from '../links/link-page.tsx';

/** Sets a new password with the link from a mail. */
export default function ResetPassword() {
  const text = useText();
  const [resetPassword] = useResetPassword();
  return (
    <LinkPage
      title={text.resetTitle}
      lead={text.resetLead}
      submit={text.setNewPassword}
      onSubmit={(token, values) => resetPassword({ token, newPassword: values.get('newPassword') })}
      done={{
        title: text.resetDoneTitle,
        sentence: text.resetDone,
        next: <ButtonLink to="/account/sign-in" label={text.signIn} />,
      }}
      recover={<ButtonLink to="/account/forgot-password" label={text.requestNewLink} />}
    >
      <NewPasswordField name="newPassword" label={text.newPassword} />
    </LinkPage>
  );
}
