import { useAdminRevokeSessions } from 'bienvenue-auth/react';
import { useRef, useState } from 'react';
import { Form } from '../../form/form.tsx';
import { useTexts } from '../../i18n/language.tsx';
import { SessionsList } from '../../lists/sessions-list.tsx';
import { adminTexts } from './texts.ts';
import type { UserProps } from './user.tsx';

/** Where the user is signed in, and the end of it. */
export function SessionsPanel({ user: { id, sessions }, refetch }: UserProps) {
  const text = useTexts(adminTexts);
  const heading = useRef<HTMLHeadingElement>(null);
  const [ended, setEnded] = useState('');
  const [adminRevokeSessions] = useAdminRevokeSessions();
  return (
    <section className="panel">
      <h2 ref={heading} tabIndex={-1}>
        {text.sessions}
      </h2>
      <SessionsList sessions={sessions} />
      {sessions.length > 0 && (
        <Form
          submit={text.endSessions}
          tone="danger"
          onSubmit={async () => {
            const { data, error } = await adminRevokeSessions({ id });
            if (data === undefined) return error;
            await refetch();
            setEnded(text.sessionsEnded(data));
            // The button has gone with the sessions.
            heading.current?.focus();
            return undefined;
          }}
        />
      )}
      <p role="status" className="fine-print">
        {ended}
      </p>
    </section>
  );
}
