/** What the server and the account pages in `web/` agree on. */

/** Name, logo and colour of the service. */
export interface Brand {
  readonly name: string;
  /** Address of the logo: a path on this origin, or an https URL. */
  readonly logo?: string | undefined;
  /**
   * As `#3350c4`, and as the custom property `--brand`, with `--brand-text` that can be read on it. `--brand-accent` is the
   * same colour with enough contrast for text on the page, in light and dark mode.
   */
  readonly color: string;
}

/** What the server tells the account pages, as JSON in the `bienvenue-settings` meta element of their HTML. */
export interface PageSettings {
  readonly brand: Brand;
  /** Path of the GraphQL endpoint, on the same origin. */
  readonly graphql: string;
  /** In Unicode code points. */
  readonly passwordMinLength: number;
  /** Whether the playground is at the GraphQL endpoint. */
  readonly playground: boolean;
  /** Whether the dev mailbox is at `/dev/mailbox`. */
  readonly mailbox: boolean;
  readonly emailVerification: 'optional' | 'required';
  /** The roles that users can have beside `ADMIN`. */
  readonly roles: readonly string[];
}

/** What the pages find beside them. */
export type PageSurroundings = Pick<PageSettings, 'graphql' | 'playground' | 'mailbox'>;

/** Where the account pages are. */
export const PAGES = [
  '',
  '/sign-in',
  '/register',
  '/forgot-password',
  '/password',
  '/email',
  '/sessions',
  '/activity',
  '/data',
  '/delete',
  '/admin/users',
  '/admin/users/:id',
  '/admin/events',
].map(page => `/account${page}`);

/** What links in mails open. */
export const LINK_PAGES = ['/reset-password', '/verify-email', '/confirm-email', '/revert-email'];
