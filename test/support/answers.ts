import type { Answer } from './browser.ts';

/** Everything of an answer that a stranger can compare: all but the date, the request's own id, and what is told to wait for. */
export function visible({ status, headers, data, errors }: Answer): string {
  const lines = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  const body = JSON.stringify({ data, errors }, (name, value) => (name === 'requestId' ? '…' : value));
  return JSON.stringify({ status, lines, body });
}
