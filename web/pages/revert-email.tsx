import { useRevertEmailChange } from 'bienvenue-auth/react';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';
import { LinkPage } from '../links/link-page.tsx';

/** Undoes a change of address with the link from the mail to the old address. */
export default function RevertEmail() {
  const text = useText();
  const [revertEmailChange] = useRevertEmailChange();
  return (
    <LinkPage
      title={text.revertTitle}
      lead={text.revertLead}
      submit={text.revertButton}
      onSubmit={token => revertEmailChange({ token })}
      done={{
        title: text.revertDoneTitle,
        sentence: text.revertDone,
        next: <ButtonLink to="/account/sign-in" label={text.backToSignIn} />,
      }}
      recover={<ButtonLink to="/account/sign-in" label={text.signIn} />}
    />
  );
}
