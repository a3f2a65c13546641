import type { ApolloClient } from '@apollo/client';
import { ApolloLink } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { type AuthClientOptions, createAuthClient } from './create-auth-client.ts';

/** The request of a visitor: a Fetch `Request`, or an `IncomingMessage` of Node.js. */
export interface VisitorRequest {
  headers: FetchHeaders | NodeHeaders;
}

interface FetchHeaders {
  get(name: string): string | null;
}

type NodeHeaders = { [name: string]: string | string[] | undefined };

/** Options of `createServerClient`. */
export interface ServerClientOptions extends Pick<AuthClientOptions, 'uri' | 'fetch' | 'headers' | 'cache' | 'wait'> {
  /** The request that the app responds to. */
  request: VisitorRequest;
}

/** A client that acts for one visitor, and the cookies that their browser has to receive. */
export interface ServerClient {
  client: ApolloClient;
  /** The `Set-Cookie` headers of all responses so far, for the response to the visitor. */
  setCookies: readonly string[];
}

/** For the list of sessions, and for the language of mails. */
const FORWARDED = ['user-agent', 'accept-language'];
/** The service decides by these whether a page of another site caused the request. */
const ORIGIN = ['origin', 'sec-fetch-site'];

/**
 * A client for one request of a server-rendered app: it forwards the visitor's cookies and collects those that the service
 * sets. Create one per request: its cache holds the visitor's data.
 *
 * Mutations carry the visitor's `Origin` and `Sec-Fetch-Site` too, so that the service still refuses forms that other
 * sites post to the app. An app on another origin than the service must be one of its allowed origins.
 */
export function createServerClient({
  request,
  headers,
  fetch = globalThis.fetch,
  ...options
}: ServerClientOptions): ServerClient {
  const setCookies: string[] = [];
  const cookies = new Cookies(header(request, 'cookie'));
  const send: typeof fetch = async (input, init) => {
    const sent = new Headers(init?.headers);
    if (cookies.header) sent.set('cookie', cookies.header);
    const response = await fetch(input, { ...init, headers: sent });
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      cookies.set(line);
    }
    return response;
  };
  const forwarded = { ...picked(request, FORWARDED), ...headers };
  const client = createAuthClient({ ...options, fetch: send, headers: forwarded });
  client.setLink(ApolloLink.from([mutationHeaders(picked(request, ORIGIN)), client.link]));
  return { client, setCookies };
}

const mutationHeaders = (added: Record<string, string>) =>
  new ApolloLink((operation, forward) => {
    if (operation.operationType === OperationTypeNode.MUTATION)
      operation.setContext(({ headers }) => ({ headers: { ...headers, ...added } }));
    return forward(operation);
  });

/** The cookies of a visitor, as the service changes them. */
class Cookies {
  /** One that came twice stays twice: the service refuses it, since one of the two may be planted by another site. */
  private pairs: string[];

  constructor(header: string) {
    this.pairs = header.split(/; */).filter(Boolean);
  }

  get header(): string {
    return this.pairs.join('; ');
  }

  set(line: string): void {
    const [pair = ''] = line.split(';');
    const others = this.pairs.filter(other => nameIn(other) !== nameIn(pair));
    this.pairs = /;\s*max-age=0\b/i.test(line) ? others : [...others, pair];
  }
}

const nameIn = (pair: string) => pair.split('=', 1)[0]?.trim();

function picked(request: VisitorRequest, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, header(request, name)]).filter(([, value]) => value));
}

function header({ headers }: VisitorRequest, name: string): string {
  const value = isFetch(headers) ? headers.get(name) : headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

const isFetch = (headers: FetchHeaders | NodeHeaders): headers is FetchHeaders => typeof headers.get === 'function';
