import type { Auth } from '../create-auth.ts';
import { signedIn } from '../graphql/context.ts';
import { type ErrorResponse, HttpError } from '../request/error-response.ts';
import type { HttpExchange } from '../request/route.ts';
import { contentType, type FieldReader, parseForm, parseJson, readBody } from './body.ts';
import { redirect, sendJson } from './exchange.ts';
import type { ServerRoute } from './router.ts';

interface RestOptions {
  exposeResetToken: boolean;
}

/** The routes of the programming exercise that this service started from. They call the same services as GraphQL. */
export function restRoutes(auth: Auth, options: RestOptions): ServerRoute[] {
  const rest = new RestHandlers(auth, options);
  const routes: ServerRoute[] = [
    { method: 'POST', path: '/users', handle: exchange => rest.register(exchange) },
    { method: 'POST', path: '/sessions', handle: exchange => rest.login(exchange) },
    { method: 'DELETE', path: '/sessions', handle: exchange => rest.logout(exchange) },
    { method: 'GET', path: '/profile', handle: exchange => rest.profile(exchange) },
    { method: 'POST', path: '/reset_password', handle: exchange => rest.requestPasswordReset(exchange) },
    { method: 'PUT', path: '/reset_password', handle: exchange => rest.resetPassword(exchange) },
  ];
  return routes.map(route => ({ ...route, errorBody }));
}

class RestHandlers {
  constructor(
    private readonly auth: Auth,
    private readonly options: RestOptions,
  ) {}

  async register(exchange: HttpExchange): Promise<void> {
    const { email, password } = await readFields(exchange, 'email', 'password');
    const { services } = await this.auth.context(exchange);
    const outcome = await services.auth.registerWithoutSession({ email, password });
    const message = 'id' in outcome ? 'user created' : 'verification mail sent';
    sendJson(exchange, 200, { email: outcome.email, message });
  }

  async login(exchange: HttpExchange): Promise<void> {
    const { email, password } = await readFields(exchange, 'email', 'password');
    const { services, cookie } = await this.auth.context(exchange);
    const outcome = await services.auth.login({ email, password });
    if (!('session' in outcome))
      throw new HttpError(403, 'Please verify your e-mail address first, with the link in the mail.');
    cookie.setSession(outcome);
    sendJson(exchange, 200, { email: outcome.user.email, message: 'logged in' });
  }

  async logout(exchange: HttpExchange): Promise<void> {
    const context = await this.auth.context(exchange);
    signedIn(context);
    await context.services.auth.logout();
    context.cookie.clear();
    redirect(exchange, '/');
  }

  async profile(exchange: HttpExchange): Promise<void> {
    const { user } = signedIn(await this.auth.context(exchange));
    sendJson(exchange, 200, { email: user.email });
  }

  async requestPasswordReset(exchange: HttpExchange): Promise<void> {
    const { email } = await readFields(exchange, 'email');
    const { services } = await this.auth.context(exchange);
    if (this.options.exposeResetToken) {
      const token = await services.auth.exposeResetToken(email);
      if (token === null) throw new HttpError(403, 'There is no account with this e-mail address.');
      return sendJson(exchange, 200, { email, reset_token: token });
    }
    await services.auth.requestPasswordReset(email);
    sendJson(exchange, 200, { email, message: 'reset mail sent' });
  }

  async resetPassword(exchange: HttpExchange): Promise<void> {
    const fields = await readFields(exchange, 'email', 'reset_token', 'new_password');
    const { services } = await this.auth.context(exchange);
    const { email, reset_token: token, new_password: newPassword } = fields;
    await services.auth.resetPassword({ email, token, newPassword });
    sendJson(exchange, 200, { email, message: 'Password updated' });
  }
}

/** The exercise expects one sentence for each refusal. */
const errorBody = ({ code, message, fields }: ErrorResponse) => ({
  message: code === 'EMAIL_TAKEN' ? 'email already registered' : (fields?.[0]?.message ?? message),
});

/** The named fields of a form or a JSON object. Each must be present once, as text. */
async function readFields<Name extends string>(
  exchange: HttpExchange,
  ...names: Name[]
): Promise<Record<Name, string>> {
  const content = contentType(exchange);
  const body = await readBody(exchange, content);
  const read = PARSERS.get(body === '' ? '' : content.type)?.(body);
  if (!read) throw new HttpError(415, 'Send a form, or JSON.');
  return Object.fromEntries(
    names.map(name => {
      const value = read(name);
      if (typeof value !== 'string') throw new HttpError(400, `${name} missing`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}

const PARSERS = new Map<string, (body: string) => FieldReader>([
  ['', parseForm],
  ['application/x-www-form-urlencoded', parseForm],
  ['application/json', parseJsonFields],
]);

function parseJsonFields(body: string): FieldReader {
  const value = parseJson(body);
  const fields = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  return name => fields.get(name);
}
