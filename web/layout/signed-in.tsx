import { type ReactNode, useId, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useText } from '../i18n/language.tsx';
import { SignOutButton } from '../session/sign-out-button.tsx';
import { Brand } from './brand.tsx';

/** What the frame shows of the signed-in user. */
interface FrameUser {
  readonly email: string;
  readonly name: string | null;
  readonly roles: readonly string[];
}

/** The frame of the pages for signed-in users: header, navigation, content. `user` is undefined until it is known. */
export function SignedIn({ user, children }: { user: FrameUser | undefined; children: ReactNode }) {
  const text = useText();
  return (
    <div className="signed-in">
      <a className="skip-link" href="#content">
        {text.skipToContent}
      </a>
      <header className="app-header">
        <div className="app-header-row">
          <Brand />
          <div className="current-user">
            <span className="current-user-email">
              <span className="visually-hidden">{text.signedInAs} </span>
              {user?.email}
            </span>
            {user && <SignOutButton />}
          </div>
        </div>
      </header>
      <div className="app-columns">
        {user ? <Navigation roles={user.roles} /> : <NavigationSkeleton />}
        <main id="content" className="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** Shown until it is known whether a user is signed in. */
const NavigationSkeleton = () => (
  <div className="app-navigation" aria-hidden="true">
    <span className="bone menu-button menu-bone" />
    <div className="menu">
      {Array.from({ length: 7 }, (_, index) => (
        <span key={index} className="bone menu-bone" />
      ))}
    </div>
  </div>
);

function Navigation({ roles }: Pick<FrameUser, 'roles'>) {
  const text = useText();
  const id = useId();
  const [path] = useLocation();
  // The menu is open for the page that it was opened on, so that it closes with the next one.
  const [openOn, setOpenOn] = useState<string>();
  const open = openOn === path;
  return (
    <div className="app-navigation">
      <button
        type="button"
        className="button menu-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpenOn(open ? undefined : path)}
      >
        {text.menu}
      </button>
      <div id={id} className={open ? 'menu menu-open' : 'menu'}>
        <nav aria-label={text.accountNavigation}>
          <ul>
            <NavigationLink to="/account" label={text.navProfile} />
            <NavigationLink to="/account/password" label={text.navPassword} />
            <NavigationLink to="/account/email" label={text.navEmail} />
            <NavigationLink to="/account/sessions" label={text.navSessions} />
            <NavigationLink to="/account/activity" label={text.navActivity} />
            <NavigationLink to="/account/data" label={text.navData} />
            <NavigationLink to="/account/delete" label={text.navDelete} />
          </ul>
        </nav>
        {roles.includes('ADMIN') && (
          <nav aria-label={text.adminNavigation}>
            <p className="menu-heading" aria-hidden="true">
              {text.adminNavigation}
            </p>
            <ul>
              <NavigationLink to="/account/admin/users" label={text.navUsers} />
              <NavigationLink to="/account/admin/events" label={text.navEvents} />
            </ul>
          </nav>
        )}
      </div>
    </div>
  );
}

function NavigationLink({ to, label }: { to: string; label: string }) {
  const [path] = useLocation();
  const current = path === to || (to !== '/account' && path.startsWith(`${to}/`));
  return (
    <li>
      <Link to={to} aria-current={current ? 'page' : undefined}>
        {label}
      </Link>
    </li>
  );
}
