import type { AuthErrorInfo } from 'bienvenue-auth/client';
import type { MutationState } from 'bienvenue-auth/react';
import type { FormEvent, ReactNode } from 'react';

/** By the value of `autocomplete`, which tells password managers what to fill in. */
const FIELDS = {
  name: { name: 'name', label: 'Name', type: 'text' },
  email: { name: 'email', label: 'Email address', type: 'email' },
  'current-password': { name: 'password', label: 'Password', type: 'password' },
  'new-password': { name: 'password', label: 'Password', type: 'password' },
} as const;

interface FormProps {
  title: string;
  fields: (keyof typeof FIELDS)[];
  state: MutationState;
  onSubmit(values: { name: string; email: string; password: string }): void;
  children: ReactNode;
}

export function Form({ title, fields, state: { loading, error }, onSubmit, children }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const value = (name: string) => String(values.get(name) ?? '');
    onSubmit({ name: value('name'), email: value('email'), password: value('password') });
  };
  const messages = messagesOf(error);
  return (
    <form onSubmit={submit} noValidate>
      <h1>{title}</h1>
      {fields.map(autoComplete => {
        const { name, label, type } = FIELDS[autoComplete];
        const message = messages[name];
        return (
          <p key={name}>
            <label htmlFor={name}>{label}</label>
            <input
              id={name}
              {...{ name, type, autoComplete }}
              aria-invalid={!!message}
              aria-describedby={`${name}-error`}
            />
            <span id={`${name}-error`} role="alert">
              {message}
            </span>
          </p>
        );
      })}
      <p role="alert">{messages.form}</p>
      <button type="submit" disabled={loading}>
        {title}
      </button>{' '}
      {children}
    </form>
  );
}

/** What to show beside each field, and as `form` what concerns none of them. */
function messagesOf(error: AuthErrorInfo | undefined): Record<string, string> {
  if (!error) return {};
  if (error.code === 'EMAIL_TAKEN') return { email: error.message };
  if (error.fields.length === 0) return { form: error.message };
  return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
}
