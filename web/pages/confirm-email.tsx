import { useConfirmEmailChange } from 'bienvenue-auth/react';
import { useText } from '../i18n/language.tsx';
import { ButtonLink } from '../layout/button-link.tsx';
import { LinkPage } from '../links/link-page.tsx';

/** Completes a change of address with the link from the mail to the new address. */
export default function ConfirmEmail() {
  const text = useText();
  const [confirmEmailChange] = useConfirmEmailChange();
  return (
    <LinkPage
      title={text.confirmTitle}
      lead={text.confirmLead}
      submit={text.confirmButton}
      places={{ EMAIL_TAKEN: { text: text.confirmTaken } }}
      onSubmit={token => confirmEmailChange({ token })}
      done={{
        title: text.confirmDoneTitle,
        sentence: text.confirmDone,
        next: <ButtonLink to="/account" label={text.goToAccount} />,
      }}
      recover={<ButtonLink to="/account/email" label={text.requestNewLink} />}
    />
  );
}
