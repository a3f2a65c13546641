import type { ReactNode } from 'react';
import { Checkbox } from '../../form/checkbox.tsx';
import type { FormValues } from '../../form/values.ts';
import { settings } from '../../settings.ts';

/** What a user can be granted. */
export const GRANTABLE_ROLES = ['ADMIN', ...settings.roles];

const fieldOf = (role: string) => `role:${role}`;

/** A checkbox for each role that the operator has listed, and for each that the user has anyway. */
export function RoleFields({ roles, legend }: { roles: readonly string[]; legend: ReactNode }) {
  return (
    <fieldset className="checkboxes">
      <legend>{legend}</legend>
      {[...new Set([...GRANTABLE_ROLES, ...roles])].map(role => (
        <Checkbox key={role} name={fieldOf(role)} label={role} defaultChecked={roles.includes(role)} />
      ))}
    </fieldset>
  );
}

/** The roles that are ticked. `roles`: those that the user has, as shown. */
export const rolesIn = (values: FormValues, roles: readonly string[] = []): string[] =>
  [...new Set([...GRANTABLE_ROLES, ...roles])].filter(role => values.checked(fieldOf(role)));
