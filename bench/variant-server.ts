// The service without one protection, named by the first argument. The product has no switch for these.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** A class whose private members are accessed. */
type Opened = Record<string, unknown> & { prototype: Record<string, (...args: unknown[]) => unknown> };

const VARIANTS: Record<string, () => Promise<void>> = {
  async 'request-id'() {
    crypto.randomUUID = () => '00000000-0000-4000-8000-000000000000';
    syncBuiltinESMExports();
  },
  async origin() {
    const { prototype } = await opened('request/origin-check.js', 'OriginCheck');
    for (const name of ['check', 'setCorsHeaders']) replace(prototype, name, () => {});
  },
  async headers() {
    const { prototype } = await opened('http/request-handler.js', 'RequestHandler');
    beforeStart(prototype, handler => empty(handler.headers));
  },
  async 'document-limits'() {
    const { prototype } = await opened('http/graphql.js', 'GraphqlEndpoint');
    beforeStart(prototype, endpoint => {
      const { internals } = endpoint.apollo as { internals: { validationRules: unknown } };
      empty(internals.validationRules);
    });
  },
};

const [, , variant = ''] = process.argv;
const removeProtection = VARIANTS[variant];
if (!removeProtection)
  throw new Error(`Unknown variant: ${variant}. Known variants: ${Object.keys(VARIANTS).join(', ')}.`);
await removeProtection();
const { optionsFromEnvironment } = await import('../dist/src/options/environment.js');
const { serve } = await import('../dist/src/server/serve.js');
await serve(optionsFromEnvironment(process.env));

async function opened(file: string, name: string): Promise<Opened> {
  const found = (await import(`../dist/src/${file}`))[name];
  if (!found) throw new Error(`${file} has no ${name} any more.`);
  return found;
}

/** Throws when the member is gone: otherwise the protection would seem to cost nothing. */
function replace(prototype: Opened['prototype'], name: string, by: (...args: unknown[]) => unknown): void {
  if (!prototype[name]) throw new Error(`There is no ${name} any more.`);
  prototype[name] = by;
}

function beforeStart(prototype: Opened['prototype'], change: (instance: Record<string, unknown>) => void): void {
  const start = prototype.start;
  replace(prototype, 'start', function (this: Record<string, unknown>) {
    change(this);
    return start?.call(this);
  });
}

function empty(list: unknown): void {
  if (!Array.isArray(list) || list.length === 0) throw new Error('Expected a list with entries.');
  list.length = 0;
}
