import type { AdminUserQuery } from 'bienvenue-auth/documents';
import { useAdminEvents, useAdminUser } from 'bienvenue-auth/react';
import { Link } from 'wouter';
import { useText, useTexts } from '../../i18n/language.tsx';
import { RelativeTime, Time } from '../../i18n/time.tsx';
import { ButtonLink } from '../../layout/button-link.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { EventsList } from '../../lists/events-list.tsx';
import { ShowMore } from '../../lists/show-more.tsx';
import type { PageProps } from '../../routes.ts';
import { AccessPanel } from './access-panel.tsx';
import { DeleteUser } from './delete-user.tsx';
import { RolesPanel } from './roles-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { adminTexts } from './texts.ts';
import '../../styles/admin.css';

type ShownUser = NonNullable<AdminUserQuery['adminUser']>;

/** What the parts of this page are given. */
export interface UserProps {
  user: ShownUser;
  /** Fetches user, sessions and events again. */
  refetch(): Promise<void>;
}

/** One user, with what an administrator can do. */
export default function User({ params: { id = '' } }: PageProps) {
  const text = useTexts(adminTexts);
  const query = useAdminUser({ id });
  const events = useAdminEvents({ userId: id, first: 20 });
  // A change ends sessions and is an event itself.
  const refetch = async () => void (await Promise.all([query.refetch(), events.refetch()]));
  if (query.data === null) {
    return (
      <>
        <PageHeading title={text.unknownUserTitle} lead={text.unknownUserLead} />
        <ButtonLink to="/account/admin/users" label={text.allUsers} />
      </>
    );
  }
  return (
    <>
      <p className="way-back">
        <Link to="/account/admin/users">← {text.allUsers}</Link>
      </p>
      <Loaded query={query} fields={4}>
        {user => (
          <>
            <PageHeading title={user.email} lead={user.name} />
            <Account user={user} />
            <RolesPanel user={user} refetch={refetch} />
            <AccessPanel user={user} refetch={refetch} />
            <SessionsPanel user={user} refetch={refetch} />
            <Activity list={events} />
            <DeleteUser user={user} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Account({ user }: { user: ShownUser }) {
  const shared = useText();
  const text = useTexts(adminTexts);
  return (
    <section className="panel">
      <h2>{text.account}</h2>
      <dl className="facts">
        <Fact label={shared.email}>
          {user.email} {!user.emailVerified && <span className="badge">{text.notVerified}</span>}
        </Fact>
        <Fact label={shared.name}>{user.name ?? text.noName}</Fact>
        <Fact label={text.created}>
          <Time at={user.createdAt} format="dateTime" />
        </Fact>
        <Fact label={text.lastSignIn}>{user.lastSignInAt ? <RelativeTime at={user.lastSignInAt} /> : text.never}</Fact>
        <Fact label={text.language}>{user.locale ?? text.notChosen}</Fact>
        <Fact label={text.password}>{user.hasPassword ? text.passwordSet : text.passwordNotSet}</Fact>
        <Fact label={text.userId}>
          <code>{user.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Activity({ list }: { list: ReturnType<typeof useAdminEvents> }) {
  const text = useTexts(adminTexts);
  return (
    <section className="panel">
      <h2>{text.activity}</h2>
      <Loaded query={list} fields={4}>
        {({ edges }) => (
          <>
            <EventsList events={edges.map(({ node }) => node)} heading="h3" />
            <ShowMore list={list} />
          </>
        )}
      </Loaded>
    </section>
  );
}
