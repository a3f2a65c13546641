import type { DocumentLimits } from './document-limits.ts';

/** Options of the plugins for a host program's GraphQL server. */
export interface PluginOptions {
  /** Limits that differ from the default, for a host program whose own operations are larger. */
  limits?: Partial<DocumentLimits>;
}

const protectedAuths = new WeakSet<object>();

/** Notes that a server which uses this Auth has the plugin. */
export const markProtected = (auth: object): unknown => protectedAuths.add(auth);

/** Whether a plugin was made for this Auth. */
export const isProtected = (auth: object): boolean => protectedAuths.has(auth);
