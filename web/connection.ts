/** After this long a request counts as lost. The server itself gives up on its database after five seconds. */
const TIMEOUT_MS = 30_000;

const pending = new Set<AbortController>();

/** `fetch` that always settles: after half a minute, or when the person stops waiting. */
export const patientFetch: typeof fetch = async (input, init) => {
  const controller = new AbortController();
  const signals = [controller.signal, AbortSignal.timeout(TIMEOUT_MS), ...(init?.signal ? [init.signal] : [])];
  pending.add(controller);
  try {
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    // The body has to arrive within the time as well.
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  } finally {
    pending.delete(controller);
  }
};

/** Gives up on all requests in flight; each ends as a lost connection. */
export function stopWaiting(): void {
  for (const controller of pending) controller.abort();
}
