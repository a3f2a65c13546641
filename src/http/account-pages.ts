/** What the server tells the account pages, as JSON in the `bienvenue-settings` meta element of their HTML. */
export interface PageSettings {
  readonly brand: {
    readonly name: string;
    /** Address of the logo: a path on this origin, or an https URL. */
    readonly logo?: string;
    /** The accent colour, as `#3350c4`. */
    readonly color: string;
  };
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
