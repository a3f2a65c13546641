import type { AuthErrorInfo } from 'bienvenue-auth/client';
import type { ProfileQuery } from 'bienvenue-auth/documents';
import type { ReactNode } from 'react';

function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{title}</title>
      </head>
      <body>
        <h1>{title}</h1>
        {children}
      </body>
    </html>
  );
}

export function Profile({ profile }: { profile: NonNullable<ProfileQuery['profile']> }) {
  return (
    <Page title={`Welcome, ${profile.name ?? profile.email}`}>
      <p>You are signed in as {profile.email}.</p>
      <form method="post" action="/sign-out">
        <button type="submit">Sign out</button>
      </form>
    </Page>
  );
}

interface FormProps {
  /** What was entered before, except the password. */
  name?: string;
  email?: string;
  error?: AuthErrorInfo;
}

export function SignIn({ email, error }: FormProps) {
  return (
    <Page title="Sign in">
      <form method="post" action="/sign-in">
        <Field name="email" label="Email address" type="email" autoComplete="username" value={email} error={error} />
        <Field name="password" label="Password" type="password" autoComplete="current-password" error={error} />
        <FormError error={error} />
        <button type="submit">Sign in</button> <a href="/register">I have no account yet</a>
      </form>
    </Page>
  );
}

export function Register({ name, email, error }: FormProps) {
  return (
    <Page title="Create account">
      <form method="post" action="/register">
        <Field name="name" label="Name" type="text" autoComplete="name" value={name} error={error} />
        <Field name="email" label="Email address" type="email" autoComplete="username" value={email} error={error} />
        <Field name="password" label="Password" type="password" autoComplete="new-password" error={error} />
        <FormError error={error} />
        <button type="submit">Create account</button> <a href="/sign-in">I have an account</a>
      </form>
    </Page>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type: string;
  autoComplete: string;
  value?: string;
  error?: AuthErrorInfo;
}

function Field({ name, label, type, autoComplete, value, error }: FieldProps) {
  const message = messageFor(name, error);
  return (
    <p>
      <label htmlFor={name}>{label}</label>{' '}
      <input
        {...{ id: name, name, type, autoComplete }}
        defaultValue={value}
        aria-invalid={message !== undefined}
        aria-describedby={`${name}-error`}
      />{' '}
      <span id={`${name}-error`}>{message}</span>
    </p>
  );
}

function messageFor(name: string, error?: AuthErrorInfo): string | undefined {
  if (error?.code === 'EMAIL_TAKEN' && name === 'email') return error.message;
  return error?.fields.find(({ field }) => field === name)?.message;
}

/** An error that concerns no field. */
function FormError({ error }: { error?: AuthErrorInfo }) {
  if (!error || error.fields.length > 0 || error.code === 'EMAIL_TAKEN') return null;
  return <p role="alert">{error.message}</p>;
}

export function CheckYourMail({ address }: { address: string }) {
  return (
    <Page title="Check your email">
      <p>Please open the link that was sent to {address}.</p>
    </Page>
  );
}

export function Failure({ message }: { message: string }) {
  return (
    <Page title="Sorry">
      <p role="alert">{message}</p>
    </Page>
  );
}
