/** The client that a service call is made for. */
export interface ClientInfo {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /**
   * The unit that rate limits count by: an IPv4 address or an IPv6 /64. Null for a program, which is not limited by it.
   */
  readonly network: string | null;
  /** BCP 47 tag of the preferred language. */
  readonly locale: string | null;
  /** Value of the `known_device` cookie, unchecked; see KnownDevices. */
  readonly devices?: string;
}

/** Whether a program acts, and not the client of a request. */
export const isProgram = ({ network }: Pick<ClientInfo, 'network'>): boolean => network === null;

/** A host program or the command line: it has no address, and no per-network limit applies. */
export const PROGRAM: ClientInfo = { ipAddress: null, userAgent: null, network: null, locale: null };
