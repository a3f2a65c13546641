import type { Auth } from '../create-auth.ts';
import { allowMethods, type Handler, sendJson } from './exchange.ts';

/** 200 while the process lives, whatever its database does. */
export const livez: Handler = exchange => {
  allowMethods(exchange, 'GET', 'HEAD');
  sendJson(exchange, 200, { status: 'ok' });
};

/** 200 while the service can serve: the database answers, and it is not stopping. */
export function readyz(auth: Auth, server: { readonly stopping: boolean }): Handler {
  return async exchange => {
    allowMethods(exchange, 'GET', 'HEAD');
    const status = server.stopping
      ? 'stopping'
      : await auth.ping().then(
          () => 'ok',
          () => 'database does not answer',
        );
    sendJson(exchange, status === 'ok' ? 200 : 503, { status });
  };
}
