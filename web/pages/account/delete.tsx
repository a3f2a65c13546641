import { useDeleteAccount } from 'bienvenue-auth/react';
import { Form } from '../../form/form.tsx';
import { EmailField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { useRecentPassword } from '../../session/confirm-password.tsx';
import { useEndSession } from '../../session/session-end.tsx';
import { dataTexts } from './data-texts.ts';
import { useOwnProfile } from './own-profile.ts';
import '../../styles/account.css';

/** Deletes the account. The guard then leads to the sign-in page, which says so. */
export default function Delete() {
  const shared = useText();
  const text = useTexts(dataTexts);
  const profile = useOwnProfile();
  const withRecentPassword = useRecentPassword();
  const endSession = useEndSession();
  const [deleteAccount] = useDeleteAccount();
  if (!profile) return null;
  const isOwn = (email: string) => email.trim().toLowerCase() === profile.email.toLowerCase();
  return (
    <>
      <PageHeading title={shared.navDelete} lead={text.deleteLead} />
      <section className="panel">
        <h2>{text.deleteWhat}</h2>
        <ul className="points">
          <li>{text.deleteAccountData}</li>
          <li>{text.deleteSessions}</li>
          <li>{text.deleteLinks}</li>
        </ul>
        <p className="fine-print">
          {text.deleteEvents} {text.deleteAfter}
        </p>
        <Form
          submit={text.deleteAccount}
          tone="danger"
          places={{ LAST_ADMIN: { text: text.deleteLastAdmin } }}
          check={values => (isOwn(values.get('email')) ? undefined : { email: text.deleteConfirmWrong })}
          onSubmit={async () => {
            const { error } = await withRecentPassword(() => endSession('accountDeleted', () => deleteAccount()));
            return error;
          }}
        >
          <EmailField
            label={text.deleteConfirm}
            hint={<span className="long-words">{text.deleteConfirmHint(profile.email)}</span>}
            autoComplete="off"
          />
        </Form>
      </section>
    </>
  );
}
