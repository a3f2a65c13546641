import { useAdminDeleteUser } from 'bienvenue-auth/react';
import { useLocation } from 'wouter';
import { Form } from '../../form/form.tsx';
import { EmailField } from '../../form/text-field.tsx';
import { useTexts } from '../../i18n/language.tsx';
import { useRecentPassword } from '../../session/confirm-password.tsx';
import { adminTexts } from './texts.ts';
import type { UserProps } from './user.tsx';

/** Deletes the user. The list of users follows. */
export function DeleteUser({ user: { id, email } }: Pick<UserProps, 'user'>) {
  const text = useTexts(adminTexts);
  const withRecentPassword = useRecentPassword();
  const [adminDeleteUser] = useAdminDeleteUser();
  const [, navigate] = useLocation();
  const isSame = (typed: string) => typed.trim().toLowerCase() === email.toLowerCase();
  return (
    <section className="panel">
      <h2>{text.deleteTitle}</h2>
      <p className="lead">{text.deleteLead}</p>
      <Form
        submit={text.deleteUser}
        tone="danger"
        check={values => (isSame(values.get('email')) ? undefined : { email: text.deleteConfirmWrong })}
        onSubmit={async () => {
          const { data, error } = await withRecentPassword(() => adminDeleteUser({ id }));
          if (data) navigate('/account/admin/users');
          return error;
        }}
      >
        <EmailField
          label={text.deleteConfirm}
          hint={<span className="long-words">{text.deleteConfirmHint(email)}</span>}
          autoComplete="off"
        />
      </Form>
    </section>
  );
}
