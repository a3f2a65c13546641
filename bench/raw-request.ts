/** One raw request, and the text that its response must contain. */
export interface RawRequest {
  text: string;
  expect: string;
}

export interface Operation {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: object;
  expect: string;
}

/** Formats a request once, to be sent a hundred thousand times. */
export function rawRequest(
  url: string,
  { method = 'POST', path = '/graphql', headers = {}, body, expect }: Operation,
): RawRequest {
  const content = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${new URL(url).host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(content)}`);
  return { text: `${lines.join('\r\n')}\r\n\r\n${content}`, expect };
}

/** Settings of a service that trusts the addresses below. */
export const BEHIND_A_PROXY = { BIENVENUE_TRUSTED_PROXIES: '127.0.0.1' };

/** Gives each request a client address of its own, so that rate limits, which stay on, see separate sources. */
export function fromSeparateAddresses(operations: Operation[]): Operation[] {
  return operations.map((operation, index) => {
    const address = `198.18.${(index >> 8) & 255}.${index & 255}`;
    return { ...operation, headers: { ...operation.headers, 'x-forwarded-for': address } };
  });
}

/** Sends the request once with fetch, and throws unless the response is the expected one. */
export async function sendOnce(url: string, operation: Operation): Promise<{ text: string; cookies: string }> {
  const { method = 'POST', path = '/graphql', headers = {}, body, expect } = operation;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200 || !text.includes(expect)) {
    throw new Error(`${url}${path} responded ${response.status} ${text.slice(0, 300)}, without ${expect}`);
  }
  const cookies = response.headers.getSetCookie().map(cookie => cookie.split(';')[0]);
  return { text, cookies: cookies.join('; ') };
}
