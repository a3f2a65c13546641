import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogFields } from '../core/log.ts';

/** One HTTP request and its response. */
export interface HttpExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  /** The query string with its question mark, or empty. */
  readonly search: string;
  readonly requestId: string;
  /** Fields of the request's log line; a handler may add to them. */
  readonly line: LogFields;
}

/** A route of the server or of a feature. */
export interface Route {
  /** GET routes also serve HEAD. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Exact, or with parameters: `/auth/callback/:provider`. */
  readonly path: string;
  /** Sends the response, or throws. `parameters` holds the decoded parts of the path. */
  handle(exchange: HttpExchange, parameters: Readonly<Record<string, string>>): Promise<void> | void;
}
