/** Longer than any response takes: the server itself gives up on its database after five seconds. */
const TIMEOUT_MS = 30_000;

const pending = new Set<AbortController>();

/** A `fetch` that always settles: after half a minute at the latest, or when `abortRequests` ends it. */
export const fetchWithTimeout: typeof fetch = async (input, init) => {
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

/** Aborts all requests in flight; the kit reports each as NETWORK_ERROR. */
export function abortRequests(): void {
  for (const controller of pending) controller.abort();
}

/** Repeats a query whose requests may hang. */
export function retry(refetch: () => Promise<void>): void {
  abortRequests();
  void refetch();
}
