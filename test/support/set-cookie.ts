/** A Set-Cookie line, taken apart. */
export interface SetCookie {
  name: string;
  value: string;
  /** As they stand in the line, in its order: `Path=/`, `HttpOnly`, … */
  attributes: string[];
}

/** Every cookie that an answer sets or clears. */
export function cookiesSetBy({ headers }: { headers: Headers }): SetCookie[] {
  return headers.getSetCookie().map(line => {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
    const equals = pair.indexOf('=');
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes };
  });
}
