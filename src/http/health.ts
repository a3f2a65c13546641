import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../core/clock.ts';
import type { Auth } from '../create-auth.ts';
import { sendJson } from './exchange.ts';
import type { ServerRoute } from './router.ts';

/** Probes usually stop waiting after one second. */
const PING_TIMEOUT = 0.8 * SECOND;

/** `/livez`: 200 as long as the process runs. `/readyz`: 200 if the database responds and the server is not stopping. */
export function healthRoutes(auth: Auth, server: { readonly stopping: boolean }): ServerRoute[] {
  const ping = sharedPing(auth);
  return [
    { method: 'GET', path: '/livez', logLevel: 'debug', handle: exchange => sendJson(exchange, 200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      logLevel: 'debug',
      async handle(exchange) {
        const status = server.stopping ? 'stopping' : (await ping()) ? 'ok' : 'database does not respond';
        sendJson(exchange, status === 'ok' ? 200 : 503, { status });
      },
    },
  ];
}

/** Resolves within PING_TIMEOUT. Probes share one pending ping: while a database hangs they use one connection. */
function sharedPing(auth: Auth): () => Promise<boolean> {
  let pending: Promise<boolean> | undefined;
  return () => {
    pending ??= succeeds(auth.ping()).finally(() => {
      pending = undefined;
    });
    return Promise.race([pending, sleep(PING_TIMEOUT, false, { ref: false })]);
  };
}

const succeeds = (promise: Promise<unknown>) =>
  promise.then(
    () => true,
    () => false,
  );
