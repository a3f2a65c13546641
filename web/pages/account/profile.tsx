import type { User } from 'bienvenue-auth/documents';
import { useRequestEmailVerification, useUpdateProfile } from 'bienvenue-auth/react';
import { Form } from '../../form/form.tsx';
import { SelectField } from '../../form/select-field.tsx';
import { TextField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Time } from '../../i18n/time.tsx';
import { Fact } from '../../layout/fact.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { mailLanguages } from './mail-languages.ts';
import { useOwnProfile } from './own-profile.ts';
import { accountTexts } from './texts.ts';

/** Who the signed-in user is, with name and language to change. */
export default function Profile() {
  const shared = useText();
  const text = useTexts(accountTexts);
  const profile = useOwnProfile();
  if (!profile) return null;
  return (
    <>
      <PageHeading title={shared.navProfile} lead={text.profileLead} />
      <Account profile={profile} />
      <NameAndLanguage profile={profile} />
    </>
  );
}

function Account({ profile }: { profile: User }) {
  const shared = useText();
  const text = useTexts(accountTexts);
  const { email, emailVerified, createdAt, roles } = profile;
  return (
    <section className="panel">
      <h2>{text.account}</h2>
      <dl className="facts">
        <Fact label={shared.email}>
          {email} <span className="badge">{emailVerified ? text.verified : text.notVerified}</span>
        </Fact>
        <Fact label={text.memberSince}>
          <Time at={createdAt} format="date" />
        </Fact>
        {roles.length > 0 && <Fact label={text.roles}>{roles.join(', ')}</Fact>}
      </dl>
      {!emailVerified && <VerificationMail />}
    </section>
  );
}

function VerificationMail() {
  const text = useTexts(accountTexts);
  const [requestEmailVerification] = useRequestEmailVerification();
  return (
    <>
      <p className="fine-print">{text.notVerifiedHint}</p>
      <Form
        submit={text.sendVerification}
        tone="plain"
        done={text.verificationSent}
        onSubmit={async () => (await requestEmailVerification()).error}
      />
    </>
  );
}

function NameAndLanguage({ profile: { name, locale } }: { profile: User }) {
  const shared = useText();
  const text = useTexts(accountTexts);
  const [updateProfile] = useUpdateProfile();
  return (
    <section className="panel">
      <h2>{text.nameAndLanguage}</h2>
      <Form
        submit={text.save}
        done={text.saved}
        onSubmit={async values => {
          const { error } = await updateProfile({
            name: values.get('name').trim(),
            locale: values.get('locale') || null,
          });
          return error;
        }}
      >
        <TextField
          name="name"
          label={shared.name}
          defaultValue={name ?? ''}
          autoComplete="name"
          maxLength={200}
          required={false}
        />
        <SelectField name="locale" label={text.language} hint={text.languageHint} defaultValue={locale ?? ''}>
          {locale === null && <option value="">{text.languageUnset}</option>}
          {mailLanguages(locale, navigator.languages).map(({ tag, name }) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </SelectField>
      </Form>
    </section>
  );
}
