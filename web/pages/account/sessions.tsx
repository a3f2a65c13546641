import type { Session } from 'bienvenue-auth/documents';
import { type QueryState, useRevokeOtherSessions, useRevokeSession, useSessions } from 'bienvenue-auth/react';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { Form } from '../../form/form.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { SessionsList } from '../../lists/sessions-list.tsx';
import { accountTexts } from './texts.ts';

/** Where the user is signed in, and how to end it. */
export default function Sessions() {
  const shared = useText();
  const text = useTexts(accountTexts);
  const query = useSessions();
  return (
    <>
      <PageHeading title={shared.navSessions} lead={text.sessionsLead} />
      <Loaded query={query} fields={3}>
        {sessions => <SessionPanels sessions={sessions} refetch={query.refetch} />}
      </Loaded>
    </>
  );
}

interface SessionPanelsProps extends Pick<QueryState<unknown>, 'refetch'> {
  sessions: readonly Session[];
}

function SessionPanels({ sessions, refetch }: SessionPanelsProps) {
  const text = useTexts(accountTexts);
  const heading = useRef<HTMLHeadingElement>(null);
  const [ended, setEnded] = useState('');
  // The button that was pressed goes with its session, so the focus moves to where the list begins.
  async function listAgain(sentence: string) {
    await refetch();
    setEnded(sentence);
    heading.current?.focus();
  }
  return (
    <>
      <section className="panel">
        <h2 ref={heading} tabIndex={-1}>
          {text.activeSessions}
        </h2>
        <SessionsList
          sessions={currentFirst(sessions)}
          action={({ current, id }, browser) =>
            !current && <SignOutThere id={id} browser={browser} onDone={() => listAgain(text.sessionEnded(browser))} />
          }
        />
      </section>
      <section className="panel">
        <h2>{text.elsewhere}</h2>
        {sessions.some(({ current }) => !current) ? (
          <SignOutElsewhere onDone={count => listAgain(text.sessionsEnded(count))} />
        ) : (
          <p className="lead">{text.nowhereElse}</p>
        )}
      </section>
      <p role="status" className="visually-hidden">
        {ended}
      </p>
    </>
  );
}

const currentFirst = (sessions: readonly Session[]) =>
  sessions.toSorted((a, b) => Number(b.current) - Number(a.current));

interface SignOutThereProps {
  id: string;
  browser: string;
  onDone(): Promise<void>;
}

function SignOutThere({ id, browser, onDone }: SignOutThereProps) {
  const text = useTexts(accountTexts);
  const [revokeSession] = useRevokeSession();
  return (
    <Form
      submit={
        <>
          {text.signOutThere} <span className="visually-hidden">{browser}</span>
        </>
      }
      tone="plain"
      onSubmit={async () => {
        const { error } = await revokeSession({ id });
        if (!error) await onDone();
        return error;
      }}
    />
  );
}

function SignOutElsewhere({ onDone }: { onDone(count: number): Promise<void> }) {
  const text = useTexts(accountTexts);
  const [revokeOtherSessions] = useRevokeOtherSessions();
  return (
    <>
      <p className="lead">
        {text.elsewhereLead} <Link to="/account/password">{text.passwordTitle}</Link>
      </p>
      <Form
        submit={text.signOutElsewhere}
        tone="plain"
        onSubmit={async () => {
          const { data, error } = await revokeOtherSessions();
          if (data !== undefined) await onDone(data);
          return error;
        }}
      />
    </>
  );
}
