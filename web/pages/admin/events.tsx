import type { AccountEventType } from 'bienvenue-auth/documents';
import { useAdminEvents } from 'bienvenue-auth/react';
import { Link } from 'wouter';
import { Form } from '../../form/form.tsx';
import { SelectField } from '../../form/select-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { EventsList } from '../../lists/events-list.tsx';
import { ShowMore } from '../../lists/show-more.tsx';
import { EVENT_TYPES, listTexts } from '../../lists/texts.ts';
import { type Filters, useFilters } from './filters.ts';
import { adminTexts } from './texts.ts';
import '../../styles/admin.css';

/** What happened to all accounts. */
export default function Events() {
  const shared = useText();
  const text = useTexts(adminTexts);
  const filters = useFilters();
  const list = useAdminEvents({ type: EVENT_TYPES.find(type => type === filters.get('type')) ?? null });
  return (
    <>
      <PageHeading title={shared.navEvents} lead={text.eventsLead} />
      <FilterEvents key={filters.key} filters={filters} />
      <section className="panel">
        <h2>{text.eventsFound}</h2>
        <Loaded query={list} fields={4}>
          {({ edges }) => (
            <>
              <EventsList
                events={edges.map(({ node }) => node)}
                heading="h3"
                account={({ userId }) => <Account id={userId} />}
              />
              <ShowMore list={list} />
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}

function FilterEvents({ filters }: { filters: Filters }) {
  const text = useTexts(adminTexts);
  const lists = useTexts(listTexts);
  const label = (type: AccountEventType) => lists[`event${type}`];
  return (
    <section className="panel filters" aria-label={text.filterEvents}>
      <Form
        submit={text.filter}
        tone="plain"
        onSubmit={async values => {
          filters.set({ type: values.get('type') });
          return undefined;
        }}
      >
        <SelectField name="type" label={text.eventType} defaultValue={filters.get('type')}>
          <option value="">{text.anyEvent}</option>
          {EVENT_TYPES.map(type => (
            <option key={type} value={type}>
              {label(type)}
            </option>
          ))}
        </SelectField>
      </Form>
    </section>
  );
}

function Account({ id }: { id: string | null }) {
  const text = useTexts(adminTexts);
  if (!id) return <p className="fine-print">{text.accountGone}</p>;
  return (
    <p>
      <Link to={`/account/admin/users/${id}`}>{text.showAccount}</Link>
    </p>
  );
}
