import type { Log } from '../core/log.ts';
import type { DocumentLimits } from './document-limits.ts';

/** Options of the plugins for a host program's GraphQL server. */
export interface PluginOptions {
  /** Limits that differ from the default, for a host program whose own operations are larger. */
  limits?: Partial<DocumentLimits>;
}

const protectedAuths = new WeakSet<object>();

/** Records that a GraphQL server with this Auth has the plugin. */
export function markProtected(auth: object): void {
  protectedAuths.add(auth);
}

/** Logs a warning when the first request of an Auth comes through a server that has no plugin. */
export function pluginWarning(log: Log): (auth: object) => void {
  let checked = false;
  return auth => {
    if (!checked && !protectedAuths.has(auth)) log.warn(WARNING);
    checked = true;
  };
}

const WARNING =
  'the GraphQL server runs without the plugin that limits documents and masks errors: add authPlugin(auth) from ' +
  'bienvenue-auth/apollo, or useAuth(auth) from bienvenue-auth/envelop';
