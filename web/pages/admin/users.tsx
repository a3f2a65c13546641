import type { AdminUsersQuery } from 'bienvenue-auth/documents';
import { useAdminUsers } from 'bienvenue-auth/react';
import { Fragment } from 'react';
import { Link, useLocation } from 'wouter';
import { Form } from '../../form/form.tsx';
import { SelectField } from '../../form/select-field.tsx';
import { TextField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { RelativeTime, Time } from '../../i18n/time.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Loaded } from '../../layout/loaded.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { ShowMore } from '../../lists/show-more.tsx';
import { CreateUser } from './create-user.tsx';
import { type Filters, useFilters } from './filters.ts';
import { GRANTABLE_ROLES } from './role-fields.tsx';
import { adminTexts } from './texts.ts';
import '../../styles/admin.css';
import '../../styles/lists.css';

type ListedUser = AdminUsersQuery['adminUsers']['edges'][number]['node'];

/** Searches users, and creates one. */
export default function Users() {
  const shared = useText();
  const text = useTexts(adminTexts);
  const filters = useFilters();
  const [, navigate] = useLocation();
  const state = filters.get('state');
  const list = useAdminUsers({
    search: filters.get('search') ?? null,
    role: filters.get('role') ?? null,
    disabled: state ? state === 'disabled' : null,
  });
  return (
    <>
      <PageHeading title={shared.navUsers} lead={text.usersLead} />
      <SearchUsers key={filters.key} filters={filters} />
      <section className="panel">
        <h2>{text.found}</h2>
        <Loaded query={list} fields={4}>
          {({ edges }) => (
            <>
              {edges.length === 0 && <p className="lead">{text.noUsers}</p>}
              <ul className="rows">
                {edges.map(({ node }) => (
                  <li key={node.id}>
                    <UserRow user={node} />
                  </li>
                ))}
              </ul>
              <ShowMore list={list} />
            </>
          )}
        </Loaded>
      </section>
      <CreateUser onCreated={id => navigate(`/account/admin/users/${id}`)} />
    </>
  );
}

function SearchUsers({ filters }: { filters: Filters }) {
  const text = useTexts(adminTexts);
  return (
    <section className="panel filters" aria-label={text.searchUsers}>
      <Form
        submit={text.apply}
        tone="plain"
        onSubmit={async values => {
          filters.set({ search: values.get('search').trim(), role: values.get('role'), state: values.get('state') });
          return undefined;
        }}
      >
        <TextField
          name="search"
          type="search"
          label={text.search}
          defaultValue={filters.get('search')}
          autoComplete="off"
          required={false}
        />
        <SelectField name="role" label={text.role} defaultValue={filters.get('role')}>
          <option value="">{text.anyRole}</option>
          {GRANTABLE_ROLES.map(role => (
            <option key={role}>{role}</option>
          ))}
        </SelectField>
        <SelectField name="state" label={text.state} defaultValue={filters.get('state')}>
          <option value="">{text.anyState}</option>
          <option value="active">{text.stateActive}</option>
          <option value="disabled">{text.stateDisabled}</option>
        </SelectField>
      </Form>
    </section>
  );
}

function UserRow({ user }: { user: ListedUser }) {
  const text = useTexts(adminTexts);
  const { id, email, name, emailVerified, roles, disabledAt, lastSignInAt, createdAt } = user;
  return (
    <>
      <p className="row-title">
        <Link to={`/account/admin/users/${id}`}>{email}</Link>{' '}
        {[disabledAt && text.stateDisabled, !emailVerified && text.notVerified, ...roles]
          .filter(label => typeof label === 'string')
          .map(label => (
            <Fragment key={label}>
              <span className="badge">{label}</span>{' '}
            </Fragment>
          ))}
      </p>
      {name && <p className="long-words">{name}</p>}
      <dl className="facts">
        <Fact label={text.created}>
          <Time at={createdAt} format="date" />
        </Fact>
        <Fact label={text.lastSignIn}>{lastSignInAt ? <RelativeTime at={lastSignInAt} /> : text.never}</Fact>
      </dl>
    </>
  );
}
