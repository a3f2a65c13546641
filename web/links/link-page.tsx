import type { AuthErrorInfo } from 'bienvenue-auth/client';
import { type ReactNode, useState } from 'react';
import { Form } from '../form/form.tsx';
import type { ErrorPlaces } from '../form/submission.ts';
import type { FormValues } from '../form/values.ts';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from '../layout/page-heading.tsx';
import { forgetToken, linkToken } from './token.ts';

interface LinkPageProps {
  title: string;
  lead: string;
  submit: string;
  /** Uses the token. */
  onSubmit(token: string, values: FormValues): Promise<{ error?: AuthErrorInfo | undefined }>;
  places?: ErrorPlaces;
  /** What is shown when it is done. */
  done: { title: string; sentence: string; next: ReactNode };
  /** The next step when the link does not work. */
  recover: ReactNode;
  children?: ReactNode;
}

/**
 * A page that a link in a mail opens. Nothing happens until the user presses the button, because mail scanners open links
 * as well.
 */
export function LinkPage({ title, lead, submit, onSubmit, places, done, recover, children }: LinkPageProps) {
  const text = useText();
  const [token] = useState(linkToken);
  const [outcome, setOutcome] = useState<'done' | 'invalid'>();
  if (outcome === 'done') {
    return (
      <>
        <PageHeading title={done.title} lead={done.sentence} />
        <div className="next-step">{done.next}</div>
      </>
    );
  }
  if (outcome === 'invalid' || token === null) {
    return (
      <>
        {outcome === 'invalid' ? (
          <PageHeading title={text.linkTitle} lead={text.linkInvalid} />
        ) : (
          <PageHeading title={text.linkMissingTitle} lead={text.linkMissing} />
        )}
        <div className="next-step">{recover}</div>
      </>
    );
  }
  return (
    <>
      <PageHeading title={title} lead={lead} />
      <Form
        submit={submit}
        {...(places && { places })}
        onSubmit={async values => {
          const { error } = await onSubmit(token, values);
          if (error && error.code !== 'TOKEN_INVALID') return error;
          forgetToken();
          setOutcome(error ? 'invalid' : 'done');
          return undefined;
        }}
      >
        {children}
      </Form>
    </>
  );
}
