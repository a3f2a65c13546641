import type { ComponentType } from 'react';
import type { PageSize } from './layout/skeleton.tsx';
import SignIn from './pages/sign-in.tsx';

/** What a page is given: the parameters of its path. */
export interface PageProps {
  params: Readonly<Record<string, string | undefined>>;
}

/** A page: its path, who may see it, and how to load it. */
export interface PageRoute {
  path: string;
  /** Signed-in users are redirected from pages for `visitors`, and visitors from pages for `users` and `admins`. */
  for: 'visitors' | 'users' | 'admins' | 'everybody';
  page: PageSource;
  /** The size of its skeleton while it is loading. */
  size?: PageSize;
}

/** Where a page comes from. */
export interface PageSource {
  /** The page, once it is loaded. */
  component?: ComponentType<PageProps>;
  load(): Promise<ComponentType<PageProps>>;
}

/**
 * A page that is loaded on demand. Not `React.lazy`: React shows the fallback of a `Suspense` for 300 ms at least, also
 * when the page is there after 50.
 */
function onDemand(download: () => Promise<{ default: ComponentType<PageProps> }>): PageSource {
  const source: PageSource = { load: async () => (source.component ??= (await download()).default) };
  return source;
}

/** Every page. The server lists the same paths in `src/http/account-pages/page-settings.ts`. */
export const ROUTES: readonly PageRoute[] = [
  {
    path: '/account/sign-in',
    for: 'visitors',
    page: { component: SignIn, load: async () => SignIn },
    size: { fields: 2, links: 2 },
  },
  {
    path: '/account/register',
    for: 'visitors',
    page: onDemand(() => import('./pages/register.tsx')),
    size: { fields: 3, links: 1 },
  },
  {
    path: '/account/forgot-password',
    for: 'visitors',
    page: onDemand(() => import('./pages/forgot-password.tsx')),
    size: { fields: 1, links: 1 },
  },

  {
    path: '/reset-password',
    for: 'everybody',
    page: onDemand(() => import('./pages/reset-password.tsx')),
    size: { fields: 1 },
  },
  {
    path: '/verify-email',
    for: 'everybody',
    page: onDemand(() => import('./pages/verify-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/confirm-email',
    for: 'everybody',
    page: onDemand(() => import('./pages/confirm-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/revert-email',
    for: 'everybody',
    page: onDemand(() => import('./pages/revert-email.tsx')),
    size: { fields: 0 },
  },

  { path: '/account', for: 'users', page: onDemand(() => import('./pages/account/profile.tsx')), size: { fields: 2 } },
  {
    path: '/account/password',
    for: 'users',
    page: onDemand(() => import('./pages/account/password.tsx')),
    size: { fields: 2 },
  },
  {
    path: '/account/email',
    for: 'users',
    page: onDemand(() => import('./pages/account/email.tsx')),
    size: { fields: 1 },
  },
  {
    path: '/account/sessions',
    for: 'users',
    page: onDemand(() => import('./pages/account/sessions.tsx')),
    size: { fields: 3 },
  },
  {
    path: '/account/activity',
    for: 'users',
    page: onDemand(() => import('./pages/account/activity.tsx')),
    size: { fields: 4 },
  },
  {
    path: '/account/data',
    for: 'users',
    page: onDemand(() => import('./pages/account/data.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/account/delete',
    for: 'users',
    page: onDemand(() => import('./pages/account/delete.tsx')),
    size: { fields: 1 },
  },

  { path: '/account/admin/users', for: 'admins', page: onDemand(() => import('./pages/admin/users.tsx')) },
  { path: '/account/admin/users/:id', for: 'admins', page: onDemand(() => import('./pages/admin/user.tsx')) },
  { path: '/account/admin/events', for: 'admins', page: onDemand(() => import('./pages/admin/events.tsx')) },
];
