import { type AuthErrorInfo, createAuthClient } from 'bienvenue-auth/client';
import { AuthProvider, useAccountEvents, useLogin, useProfile } from 'bienvenue-auth/react';
import { type FormEvent, useState } from 'react';
import { createRoot } from 'react-dom/client';

const client = createAuthClient({ uri: '/graphql' });

function SignIn() {
  const [login, { loading, error }] = useLogin();
  const [address, setAddress] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { data } = await login({ email: String(form.get('email')), password: String(form.get('password')) });
    if (data?.__typename === 'EmailConfirmationRequired') setAddress(data.email);
  };
  if (address) return <p>Please open the mail that was sent to {address}.</p>;
  return (
    <form onSubmit={submit}>
      <input name="email" aria-label="Email address" type="email" autoComplete="username" />
      <input name="password" aria-label="Password" type="password" autoComplete="current-password" />
      <button type="submit" disabled={loading}>
        Sign in
      </button>
      {error && <p role="alert">{sentence(error)}</p>}
    </form>
  );
}

function sentence({ code, message, retryAfter }: AuthErrorInfo): string {
  return code === 'RATE_LIMITED' && retryAfter ? `Please wait ${retryAfter} seconds.` : message;
}

function App() {
  const { data: profile } = useProfile();
  const { data: events, hasMore, fetchMore } = useAccountEvents({ first: 10 }, { skip: !profile });
  if (profile === undefined) return <p>Loading …</p>;
  if (profile === null) return <SignIn />;
  return (
    <>
      <h1>{profile.name ?? profile.email}</h1>
      <ul>
        {events?.edges.map(({ node }) => (
          <li key={node.id}>{node.type}</li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={() => void fetchMore()}>
          More
        </button>
      )}
    </>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <AuthProvider client={client}>
      <App />
    </AuthProvider>,
  );

// What a type must refuse. tsc fails when an expected error does not occur.
export function Wrong() {
  const [login] = useLogin();
  // @ts-expect-error a password is required
  void login({ email: 'ada@example.org' });
  // @ts-expect-error a profile has no password
  return useProfile().data?.password;
}
