/** One request as it goes over the wire, and what has to stand in its answer. */
export interface Wire {
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

/** The bytes of a request, written once and sent a hundred thousand times. */
export function wire(url: string, { method = 'POST', path = '/graphql', headers = {}, body, expect }: Operation): Wire {
  const content = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${new URL(url).host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(content)}`);
  return { text: `${lines.join('\r\n')}\r\n\r\n${content}`, expect };
}

/** The same request by fetch, once: its answer, which has to be the right one. */
export async function ask(url: string, operation: Operation): Promise<{ text: string; cookies: string }> {
  const { method = 'POST', path = '/graphql', headers = {}, body, expect } = operation;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200 || !text.includes(expect)) {
    throw new Error(`${url}${path} answers ${answer.status} ${text.slice(0, 300)}, without ${expect}`);
  }
  const cookies = answer.headers.getSetCookie().map(cookie => cookie.split(';')[0]);
  return { text, cookies: cookies.join('; ') };
}
