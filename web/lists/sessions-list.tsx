import type { Session } from 'bienvenue-auth/documents';
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/language.tsx';
import { RelativeTime, Time } from '../i18n/time.tsx';
import { Fact } from '../layout/fact.tsx';
import { useBrowserName } from './browser-name.ts';
import { listTexts } from './texts.ts';
import '../styles/lists.css';

interface SessionsListProps {
  sessions: readonly Session[];
  /** What can be done with a session, beside its name. */
  action?(session: Session, browser: string): ReactNode;
}

/** Active sessions: browser, address, when they began and were last used. */
export function SessionsList({ sessions, action }: SessionsListProps) {
  const text = useTexts(listTexts);
  const browserName = useBrowserName();
  if (sessions.length === 0) return <p className="lead">{text.noSessions}</p>;
  return (
    <ul className="rows">
      {sessions.map(session => {
        const browser = browserName(session.userAgent);
        return (
          <li key={session.id}>
            <div className="row-head">
              <p className="row-title">
                {browser} {session.current && <span className="badge">{text.currentSession}</span>}
              </p>
              {action?.(session, browser)}
            </div>
            <dl className="facts">
              <Fact label={text.ipAddress}>{session.ipAddress ?? text.unknownAddress}</Fact>
              <Fact label={text.signedInAt}>
                <Time at={session.createdAt} format="dateTime" />
              </Fact>
              <Fact label={text.lastUsedAt}>
                <RelativeTime at={session.lastUsedAt} />
              </Fact>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
