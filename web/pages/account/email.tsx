import { useRequestEmailChange } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Form } from '../../form/form.tsx';
import { EmailField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { useRecentPassword } from '../../session/confirm-password.tsx';
import { useOwnProfile } from './own-profile.ts';
import { accountTexts } from './texts.ts';
import '../../styles/account.css';

/** Requests a change of the address. */
export default function Email() {
  const text = useTexts(accountTexts);
  const profile = useOwnProfile();
  const withRecentPassword = useRecentPassword();
  const [requestEmailChange] = useRequestEmailChange();
  const [sentTo, setSentTo] = useState<string>();
  if (!profile) return null;
  if (sentTo !== undefined) return <LinkSent email={sentTo} onBack={() => setSentTo(undefined)} />;
  return (
    <>
      <PageHeading title={text.emailTitle} lead={<span className="long-words">{text.emailLead(profile.email)}</span>} />
      <section className="panel">
        <Form
          submit={text.changeEmail}
          check={values => (values.get('newEmail') === profile.email ? { newEmail: text.sameEmail } : undefined)}
          onSubmit={async values => {
            const newEmail = values.get('newEmail');
            const { data, error } = await withRecentPassword(() => requestEmailChange({ newEmail }));
            if (data) setSentTo(newEmail);
            return error;
          }}
        >
          <EmailField name="newEmail" label={text.newEmail} autoComplete="email" />
        </Form>
      </section>
      <section className="panel">
        <h2>{text.emailNext}</h2>
        <ol className="steps">
          <li>{text.emailStep1}</li>
          <li>{text.emailStep2}</li>
          <li>{text.emailStep3}</li>
        </ol>
      </section>
    </>
  );
}

function LinkSent({ email, onBack }: { email: string; onBack(): void }) {
  const shared = useText();
  const text = useTexts(accountTexts);
  return (
    <>
      <PageHeading title={shared.checkMailTitle} />
      <section className="panel">
        <p className="long-words">{text.emailSent(email)}</p>
        <p>{text.emailStep3}</p>
        <p className="fine-print">{shared.checkMailHint}</p>
        <p>
          <button type="button" className="link-button" onClick={onBack}>
            {shared.otherAddress}
          </button>
        </p>
      </section>
    </>
  );
}
