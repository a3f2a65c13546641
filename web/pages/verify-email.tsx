import { useVerifyEmail } from 'bienvenue-auth/react';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';
import { LinkPage } from '../links/link-page.tsx';
import { NewVerificationLink } from '../links/new-verification-link.tsx';

/** Confirms an address with the link from a mail. */
export default function VerifyEmail() {
  const text = useText();
  const [verifyEmail] = useVerifyEmail();
  return (
    <LinkPage
      title={text.verifyTitle}
      lead={text.verifyLead}
      submit={text.verifyButton}
      onSubmit={token => verifyEmail({ token })}
      done={{
        title: text.verifyDoneTitle,
        sentence: text.verifyDone,
        next: <ButtonLink to="/account" label={text.goToAccount} />,
      }}
      recover={<NewVerificationLink />}
    />
  );
}
