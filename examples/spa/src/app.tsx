import { useLogin, useLogout, useProfile, useRegister } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Form } from './form.tsx';

export function App() {
  const { data: profile, error, refetch } = useProfile();
  if (profile) return <Profile name={profile.name ?? profile.email} email={profile.email} />;
  // Null: a visitor. Undefined: not known yet.
  if (profile === null) return <Visitor />;
  if (!error) return <p>Loading…</p>;
  return (
    <p role="alert">
      {error.message}{' '}
      <button type="button" onClick={refetch}>
        Try again
      </button>
    </p>
  );
}

function Profile({ name, email }: { name: string; email: string }) {
  const [logout, { loading, error }] = useLogout();
  return (
    <>
      <h1>Welcome, {name}</h1>
      <p>You are signed in as {email}.</p>
      {/* The kit empties the cache before anything else is shown, in other tabs as well. */}
      <button type="button" onClick={() => logout()} disabled={loading}>
        Sign out
      </button>
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}

/** After a sign-in `useProfile` has data, and `App` shows the profile. */
function Visitor() {
  const [isNew, setNew] = useState(false);
  const [mailedTo, setMailedTo] = useState<string>();
  const [login, signIn] = useLogin();
  const [register, registration] = useRegister();

  /** The service may require that the address is verified first. */
  const show = ({ data }: Awaited<ReturnType<typeof login>>) => {
    if (data?.__typename === 'EmailConfirmationRequired') setMailedTo(data.email);
  };

  if (mailedTo) return <p role="status">Please open the link that was sent to {mailedTo}.</p>;
  if (isNew) {
    return (
      <Form
        title="Create account"
        fields={['name', 'email', 'new-password']}
        state={registration}
        onSubmit={async ({ name, email, password }) => show(await register({ name: name || null, email, password }))}
      >
        <button type="button" onClick={() => setNew(false)}>
          I have an account
        </button>
      </Form>
    );
  }
  return (
    <Form
      title="Sign in"
      fields={['email', 'current-password']}
      state={signIn}
      onSubmit={async ({ email, password }) => show(await login({ email, password }))}
    >
      <button type="button" onClick={() => setNew(true)}>
        I have no account yet
      </button>
    </Form>
  );
}
