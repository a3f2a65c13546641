import { type ErrorResponse, HttpError } from '../request/error-response.ts';
import type { Route } from '../request/route.ts';

/** A route of this server, with what only the server's own routes set. */
export interface ServerRoute extends Route {
  /** False for a GET route that does not serve HEAD. */
  readonly head?: false;
  /** The level of the request's log line; info when absent. */
  readonly logLevel?: 'debug';
  /** The JSON body of an error; `{ message }` when absent. */
  readonly errorBody?: (error: ErrorResponse, requestId: string) => unknown;
}

/** The routes at one path. */
export interface RouteMatch<R = ServerRoute> {
  /** As registered: with the names of parameters, not their values. */
  path: string;
  routes: R[];
  parameters: Record<string, string>;
}

/** Finds routes by path: an exact path first, then paths with parameters in the order of registration. */
export class Router<R extends { readonly path: string } = ServerRoute> {
  private readonly exact = new Map<string, RouteMatch<R>>();
  private readonly patterns: { pattern: RegExp; path: string; routes: R[] }[] = [];

  constructor(routes: readonly R[]) {
    for (const [path, atPath] of Map.groupBy(routes, ({ path }) => path)) {
      if (path.includes('/:')) this.patterns.push({ pattern: patternOf(path), path, routes: atPath });
      else this.exact.set(path, { path, routes: atPath, parameters: {} });
    }
  }

  match(path: string): RouteMatch<R> | undefined {
    return this.exact.get(path) ?? this.matchPattern(path);
  }

  private matchPattern(path: string): RouteMatch<R> | undefined {
    for (const { pattern, routes, path: template } of this.patterns) {
      const values = pattern.exec(path)?.groups;
      const parameters = values && decode(values);
      if (parameters) return { path: template, routes, parameters };
    }
    return undefined;
  }
}

/** The route for a method. Throws 405 with the allowed methods. */
export function routeFor({ routes }: RouteMatch, method: string | undefined): ServerRoute {
  const route = routes.find(route => methodsOf(route).includes(method ?? ''));
  if (route) return route;
  throw new HttpError(405, 'This address does not support the method.', {
    allow: routes.flatMap(methodsOf).join(', '),
  });
}

const methodsOf = ({ method, head }: ServerRoute): string[] =>
  method === 'GET' && head !== false ? ['GET', 'HEAD'] : [method];

/** `:name` stands for one segment of the path, `:name*` for all that are left. */
function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `^${escaped.replace(/\/:(\w+)(\*?)/g, (_, name, rest) => `/(?<${name}>${rest ? '.*' : '[^/]+'})`)}$`,
  );
}

function decode(values: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}
