import { useProfile, useRequestEmailVerification } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Form } from '../form/form.tsx';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';

/** Offers a fresh verification link to a signed-in user. A visitor signs in first. */
export function NewVerificationLink() {
  const text = useText();
  const { data: profile } = useProfile();
  const [requestEmailVerification] = useRequestEmailVerification();
  const [sent, setSent] = useState(false);
  if (!profile) {
    return (
      <>
        <p>{text.linkSignIn}</p>
        <ButtonLink to="/account/sign-in" label={text.signIn} />
      </>
    );
  }
  return (
    <>
      {!sent && (
        <Form
          submit={text.requestNewLink}
          onSubmit={async () => {
            const { error } = await requestEmailVerification();
            if (!error) setSent(true);
            return error;
          }}
        />
      )}
      <p role="status">{sent && text.newLinkSent}</p>
    </>
  );
}
