import { useAdminSetRoles } from 'bienvenue-auth/react';
import { Form } from '../../form/form.tsx';
import { useTexts } from '../../i18n/language.tsx';
import { RoleFields, rolesIn } from './role-fields.tsx';
import { adminTexts } from './texts.ts';
import type { UserProps } from './user.tsx';

/** Grants and takes roles. */
export function RolesPanel({ user: { id, roles }, refetch }: UserProps) {
  const text = useTexts(adminTexts);
  const [adminSetRoles] = useAdminSetRoles();
  return (
    <section className="panel">
      <h2>{text.roles}</h2>
      <p className="lead">{text.rolesLead}</p>
      <Form
        submit={text.saveRoles}
        tone="plain"
        done={text.saved}
        onSubmit={async values => {
          const { error } = await adminSetRoles({ id, roles: rolesIn(values, roles) });
          if (!error) await refetch();
          return error;
        }}
      >
        {/* The key shows roles that somebody else has changed meanwhile. */}
        <RoleFields key={roles.join()} roles={roles} legend={<span className="visually-hidden">{text.roles}</span>} />
      </Form>
    </section>
  );
}
