import type { AccountEvent } from 'bienvenue-auth/documents';
import type { ReactNode } from 'react';
import { dayText } from '../i18n/dates.ts';
import { useLanguage, useTexts } from '../i18n/language.tsx';
import { Time } from '../i18n/time.tsx';
import { useBrowserName } from './browser-name.ts';
import { byDay } from './days.ts';
import { listTexts } from './texts.ts';
import '../styles/lists.css';

interface EventsListProps {
  /** Newest first. */
  events: readonly AccountEvent[];
  /** The element of the days, one level below the heading of the list. */
  heading: 'h2' | 'h3';
  /** Whose account it happened to, where events of several are listed. */
  account?(event: AccountEvent): ReactNode;
}

/** What happened, by day: in words, with time, browser, address, and who did it if it was not the owner. */
export function EventsList({ events, heading: Heading, account }: EventsListProps) {
  const text = useTexts(listTexts);
  const language = useLanguage();
  if (events.length === 0) return <p className="lead">{text.noEvents}</p>;
  return (
    <div className="days">
      {byDay(events).map(day => (
        <section key={day[0].id} className="day">
          <Heading>{dayText(language, day[0].at, Date.now())}</Heading>
          <ul className="rows">
            {day.map(event => (
              <li key={event.id}>
                <Event event={event}>{account?.(event)}</Event>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Event({ event, children }: { event: AccountEvent; children: ReactNode }) {
  const text = useTexts(listTexts);
  const browserName = useBrowserName();
  const { type, actor, at, ipAddress, userAgent } = event;
  const details = [userAgent && browserName(userAgent), ipAddress, text[`actor${actor}`]].filter(Boolean);
  return (
    <>
      <div className="row-head">
        {/* A type of a newer server has no words yet. */}
        <p className="row-title">{text[`event${type}`] ?? type}</p>
        <p className="row-time">
          <Time at={at} format="clock" />
        </p>
      </div>
      {children}
      {details.length > 0 && <p className="fine-print long-words">{details.join(' · ')}</p>}
    </>
  );
}
