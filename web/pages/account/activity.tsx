import { useAccountEvents } from 'bienvenue-auth/react';
import { Link } from 'wouter';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { EventsList } from '../../lists/events-list.tsx';
import { ShowMore } from '../../lists/show-more.tsx';
import { accountTexts } from './texts.ts';

/** What happened to the account. */
export default function Activity() {
  const shared = useText();
  const text = useTexts(accountTexts);
  const list = useAccountEvents();
  return (
    <>
      <PageHeading
        title={shared.navActivity}
        lead={
          <>
            {text.activityLead} <Link to="/account/password">{text.passwordTitle}</Link>
          </>
        }
      />
      <section className="panel">
        <Loaded query={list} fields={4}>
          {({ edges }) => (
            <>
              <EventsList events={edges.map(({ node }) => node)} heading="h2" />
              <ShowMore list={list} />
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}
