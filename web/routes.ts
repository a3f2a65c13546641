import { type ComponentType, lazy } from 'react';
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
  page: ComponentType<PageProps>;
  /** Begins to load it. */
  load?(): void;
  /** The size of its skeleton while it is loading. */
  size?: PageSize;
}

/** A page that is loaded on demand. */
function lazyPage(load: () => Promise<{ default: ComponentType<PageProps> }>): Pick<PageRoute, 'page' | 'load'> {
  return {
    page: lazy(load),
    // An error here occurs again when the page is rendered, and is shown there.
    load: () => void load().catch(() => undefined),
  };
}

/** Every page. The server lists the same paths in `src/http/account-pages/page-settings.ts`. */
export const ROUTES: readonly PageRoute[] = [
  { path: '/account/sign-in', for: 'visitors', page: SignIn, size: { fields: 2, links: 2 } },
  {
    path: '/account/register',
    for: 'visitors',
    ...lazyPage(() => import('./pages/register.tsx')),
    size: { fields: 3, links: 1 },
  },
  {
    path: '/account/forgot-password',
    for: 'visitors',
    ...lazyPage(() => import('./pages/forgot-password.tsx')),
    size: { fields: 1, links: 1 },
  },

  {
    path: '/reset-password',
    for: 'everybody',
    ...lazyPage(() => import('./pages/reset-password.tsx')),
    size: { fields: 1 },
  },
  {
    path: '/verify-email',
    for: 'everybody',
    ...lazyPage(() => import('./pages/verify-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/confirm-email',
    for: 'everybody',
    ...lazyPage(() => import('./pages/confirm-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/revert-email',
    for: 'everybody',
    ...lazyPage(() => import('./pages/revert-email.tsx')),
    size: { fields: 0 },
  },

  { path: '/account', for: 'users', ...lazyPage(() => import('./pages/account/profile.tsx')), size: { fields: 2 } },
  {
    path: '/account/password',
    for: 'users',
    ...lazyPage(() => import('./pages/account/password.tsx')),
    size: { fields: 2 },
  },
  { path: '/account/email', for: 'users', ...lazyPage(() => import('./pages/account/email.tsx')), size: { fields: 1 } },
  {
    path: '/account/sessions',
    for: 'users',
    ...lazyPage(() => import('./pages/account/sessions.tsx')),
    size: { fields: 3 },
  },
  {
    path: '/account/activity',
    for: 'users',
    ...lazyPage(() => import('./pages/account/activity.tsx')),
    size: { fields: 4 },
  },
  { path: '/account/data', for: 'users', ...lazyPage(() => import('./pages/account/data.tsx')), size: { fields: 0 } },
  {
    path: '/account/delete',
    for: 'users',
    ...lazyPage(() => import('./pages/account/delete.tsx')),
    size: { fields: 1 },
  },

  { path: '/account/admin/users', for: 'admins', ...lazyPage(() => import('./pages/admin/users.tsx')) },
  { path: '/account/admin/users/:id', for: 'admins', ...lazyPage(() => import('./pages/admin/user.tsx')) },
  { path: '/account/admin/events', for: 'admins', ...lazyPage(() => import('./pages/admin/events.tsx')) },
];
