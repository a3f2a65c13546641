// The contract between the server and the account pages in `web/`.

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

/** The server's settings for the account pages, as JSON in the `bienvenue-settings` meta element of their HTML. */
export interface PageSettings {
  readonly brand: Brand;
  /** Path of the GraphQL endpoint, on the same origin. */
  readonly graphqlPath: string;
  /** In Unicode code points. */
  readonly passwordMinLength: number;
  /** The roles that users can have beside `ADMIN`. */
  readonly roles: readonly string[];
}

/** The paths of the account pages. */
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

/** The paths of the pages that links in mails open. */
export const LINK_PAGES = ['/reset-password', '/verify-email', '/confirm-email', '/revert-email'];
