import { type ComponentType, lazy } from 'react';
import type { PageSize } from './layout/skeleton.tsx';
import SignIn from './pages/sign-in.tsx';

/** What a page is given: the parameters of its path. */
export interface PageProps {
  params: Readonly<Record<string, string | undefined>>;
}

/** A page: its path, whom it is for, and how to load it. */
export interface PageRoute {
  path: string;
  /** `visitors`: a signed-in user is led on. `users` and `admins`: others sign in first. `everybody`: links in mails. */
  for: 'visitors' | 'users' | 'admins' | 'everybody';
  page: ComponentType<PageProps>;
  /** Begins to load it. */
  load?(): void;
  /** Until it is loaded, a skeleton of this size stands there. */
  size?: PageSize;
}

/** A page that is loaded when it is first needed. */
function late(load: () => Promise<{ default: ComponentType<PageProps> }>): Pick<PageRoute, 'page' | 'load'> {
  return {
    page: lazy(load),
    // What goes wrong here goes wrong again when the page is rendered, and is told there.
    load: () => void load().catch(() => undefined),
  };
}

/** Every page. The server lists the same paths in `src/http/account-pages/page-settings.ts`. */
export const ROUTES: readonly PageRoute[] = [
  { path: '/account/sign-in', for: 'visitors', page: SignIn, size: { fields: 2, links: 2 } },
  {
    path: '/account/register',
    for: 'visitors',
    ...late(() => import('./pages/register.tsx')),
    size: { fields: 3, links: 1 },
  },
  {
    path: '/account/forgot-password',
    for: 'visitors',
    ...late(() => import('./pages/forgot-password.tsx')),
    size: { fields: 1, links: 1 },
  },

  {
    path: '/reset-password',
    for: 'everybody',
    ...late(() => import('./pages/reset-password.tsx')),
    size: { fields: 1 },
  },
  {
    path: '/verify-email',
    for: 'everybody',
    ...late(() => import('./pages/verify-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/confirm-email',
    for: 'everybody',
    ...late(() => import('./pages/confirm-email.tsx')),
    size: { fields: 0 },
  },
  {
    path: '/revert-email',
    for: 'everybody',
    ...late(() => import('./pages/revert-email.tsx')),
    size: { fields: 0 },
  },

  { path: '/account', for: 'users', ...late(() => import('./pages/account/profile.tsx')), size: { fields: 2 } },
  {
    path: '/account/password',
    for: 'users',
    ...late(() => import('./pages/account/password.tsx')),
    size: { fields: 2 },
  },
  { path: '/account/email', for: 'users', ...late(() => import('./pages/account/email.tsx')), size: { fields: 1 } },
  {
    path: '/account/sessions',
    for: 'users',
    ...late(() => import('./pages/account/sessions.tsx')),
    size: { fields: 3 },
  },
  {
    path: '/account/activity',
    for: 'users',
    ...late(() => import('./pages/account/activity.tsx')),
    size: { fields: 4 },
  },
  { path: '/account/data', for: 'users', ...late(() => import('./pages/account/data.tsx')), size: { fields: 0 } },
  { path: '/account/delete', for: 'users', ...late(() => import('./pages/account/delete.tsx')), size: { fields: 1 } },

  { path: '/account/admin/users', for: 'admins', ...late(() => import('./pages/admin/users.tsx')) },
  { path: '/account/admin/users/:id', for: 'admins', ...late(() => import('./pages/admin/user.tsx')) },
  { path: '/account/admin/events', for: 'admins', ...late(() => import('./pages/admin/events.tsx')) },
];
