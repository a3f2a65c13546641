import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, parse } from 'graphql';

/** The response to an operation, with the parts that tests use most at the top level. */
export interface GraphQLResponse {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of data is what the test states
  data: any;
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
  /** The first error's code. */
  code?: string;
  /** The first error's refused arguments. */
  fields?: { field: string; rule: string; message: string }[];
  retryAfter?: number;
}

export interface BrowserOptions {
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
}

/** A client that keeps cookies. By default it sends neither Origin nor Sec-Fetch-Site, like a command-line client. */
export class Browser {
  readonly cookies: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(
    private readonly url: string,
    private readonly schema: GraphQLSchema,
    { headers = {}, cookies = {} }: BrowserOptions = {},
  ) {
    this.headers = headers;
    this.cookies = { ...cookies };
  }

  /** Sends an operation. Throws when the response has an error code that the description of the field does not name. */
  async send(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLResponse> {
    const response = await this.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Pick<GraphQLResponse, 'data' | 'errors'>;
    for (const error of errors ?? []) this.holdToDescription(query, error);
    const extensions = errors?.[0]?.extensions as Pick<GraphQLResponse, 'code' | 'fields' | 'retryAfter'> | undefined;
    const { code, fields, retryAfter } = extensions ?? {};
    return { status: response.status, headers: response.headers, data, errors, code, fields, retryAfter };
  }

  /** Sends any request with the cookies. Redirects are not followed. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`);
    const response = await fetch(new URL(path, this.url), {
      redirect: 'manual',
      ...init,
      headers: { ...this.headers, ...(cookie.length > 0 && { cookie: cookie.join('; ') }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** Sends a form to a REST route. */
  form(method: string, path: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(path, { method, body: new URLSearchParams(fields) });
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/Max-Age=0(;|$)/.test(line)) delete this.cookies[name];
    else this.cookies[name] = value;
  }

  private holdToDescription(query: string, error: NonNullable<GraphQLResponse['errors']>[number]): void {
    const code = String(error.extensions.code);
    const field = error.path && rootField(parse(query), String(error.path[0]));
    if (!field || code === 'INTERNAL_SERVER_ERROR' || code === 'UNAVAILABLE') return;
    const types = [this.schema.getQueryType(), this.schema.getMutationType()];
    const description = types.map(type => type?.getFields()[field]?.description).find(Boolean) ?? '';
    if (!description.includes(code)) throw new Error(`${field} returned ${code}, which its description does not name`);
  }
}

/** The session token of a browser. */
export const sessionOf = ({ cookies }: Browser) => cookies.session_id as string;

function rootField(document: DocumentNode, responseName: string): string | undefined {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  );
  for (const { selectionSet } of operations) {
    for (const selection of selectionSet.selections) {
      if (selection.kind !== 'Field') continue;
      if ((selection.alias ?? selection.name).value === responseName) return selection.name.value;
    }
  }
  return undefined;
}

/** What a client can compare between responses: all but the date, the request id and `retryAfter`. */
export function visible({ status, headers, data, errors }: GraphQLResponse): string {
  const lines = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  const body = JSON.stringify({ data, errors }, (name, value) => (name === 'requestId' ? '…' : value));
  return JSON.stringify({ status, lines, body });
}

/** A parsed Set-Cookie header. */
export interface SetCookie {
  name: string;
  value: string;
  /** In their order: `Path=/`, `HttpOnly`, … */
  attributes: string[];
}

/** All cookies that a response sets or clears. */
export function cookiesSetBy({ headers }: { headers: Headers }): SetCookie[] {
  return headers.getSetCookie().map(line => {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
    const equals = pair.indexOf('=');
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes };
  });
}
