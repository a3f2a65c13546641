import { useAdminCreateUser } from 'bienvenue-auth/react';
import { Form } from '../../form/form.tsx';
import { EmailField, TextField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { RoleFields, rolesIn } from './role-fields.tsx';
import { adminTexts } from './texts.ts';

/** Creates a user, whose page then follows. */
export function CreateUser({ onCreated }: { onCreated(id: string): void }) {
  const shared = useText();
  const text = useTexts(adminTexts);
  const [adminCreateUser] = useAdminCreateUser();
  return (
    <section className="panel">
      <h2>{text.createTitle}</h2>
      <p className="lead">{text.createLead}</p>
      <Form
        submit={text.createUser}
        onSubmit={async values => {
          const { data, error } = await adminCreateUser({
            email: values.get('email'),
            name: values.get('name').trim() || null,
            roles: rolesIn(values),
          });
          if (data) onCreated(data.id);
          return error;
        }}
      >
        <EmailField autoComplete="off" />
        <TextField name="name" label={shared.name} autoComplete="off" maxLength={200} required={false} />
        <RoleFields roles={[]} legend={text.roles} />
      </Form>
    </section>
  );
}
