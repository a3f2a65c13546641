import { useProfile, useRequestEmailVerification } from 'bienvenue-auth/react';
import { Form } from '../form/form.tsx';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';

/** Offers a fresh verification link to a signed-in user. A visitor signs in first. */
export function NewVerificationLink() {
  const text = useText();
  const { data: profile } = useProfile();
  const [requestEmailVerification] = useRequestEmailVerification();
  if (!profile) {
    return (
      <>
        <p>{text.linkSignIn}</p>
        <ButtonLink to="/account/sign-in" label={text.signIn} />
      </>
    );
  }
  return (
    <Form
      submit={text.requestNewLink}
      done={text.newLinkSent}
      onSubmit={async () => (await requestEmailVerification()).error}
    />
  );
}
