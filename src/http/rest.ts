import { AuthError } from '../core/errors.ts';
import type { Auth } from '../create-auth.ts';
import { errorResponse, HttpError } from '../request/error-response.ts';
import {
  allowMethods,
  contentType,
  type Handler,
  type HttpExchange,
  parseJson,
  readBody,
  sendHtml,
  sendJson,
  wantsHtml,
} from './exchange.ts';

/** The seven routes of the exercise that the service descends from, over the same Auth service. */
export class RestRoutes {
  readonly handlers: Record<string, Handler>;

  constructor(
    private readonly auth: Auth,
    private readonly options: { exposeResetToken: boolean; playground: boolean },
  ) {
    this.handlers = {
      '/': answering(exchange => this.welcome(exchange)),
      '/users': answering(exchange => this.users(exchange)),
      '/sessions': answering(exchange => this.sessions(exchange)),
      '/profile': answering(exchange => this.profile(exchange)),
      '/reset_password': answering(exchange => this.resetPassword(exchange)),
    };
  }

  private welcome(exchange: HttpExchange): void {
    allowMethods(exchange, 'GET', 'HEAD');
    if (wantsHtml(exchange)) sendHtml(exchange, welcomePage(this.options.playground));
    else sendJson(exchange, 200, { message: 'Bienvenue' });
  }

  private async users(exchange: HttpExchange): Promise<void> {
    allowMethods(exchange, 'POST');
    const { email, password } = await fieldsOf(exchange, 'email', 'password');
    const { services } = await this.auth.context(exchange);
    const user = await services.auth.createAccount({ email, password });
    sendJson(exchange, 200, { email: user.email, message: 'user created' });
  }

  private async sessions(exchange: HttpExchange): Promise<void> {
    allowMethods(exchange, 'POST', 'DELETE');
    if (exchange.req.method === 'DELETE') return this.logout(exchange);
    const { email, password } = await fieldsOf(exchange, 'email', 'password');
    const { services, cookie } = await this.auth.context(exchange);
    const signedIn = await services.auth.login({ email, password });
    cookie.carry(signedIn);
    sendJson(exchange, 200, { email: signedIn.user.email, message: 'logged in' });
  }

  private async logout(exchange: HttpExchange): Promise<void> {
    const { context } = await this.signedIn(exchange);
    await context.services.auth.logout();
    context.cookie.clear();
    exchange.res.writeHead(302, { location: '/' }).end();
  }

  private async profile(exchange: HttpExchange): Promise<void> {
    allowMethods(exchange, 'GET', 'HEAD');
    const { session } = await this.signedIn(exchange);
    sendJson(exchange, 200, { email: session.user.email });
  }

  private async resetPassword(exchange: HttpExchange): Promise<void> {
    allowMethods(exchange, 'POST', 'PUT');
    if (exchange.req.method === 'PUT') return this.setPassword(exchange);
    const { email } = await fieldsOf(exchange, 'email');
    const { services } = await this.auth.context(exchange);
    if (this.options.exposeResetToken) {
      const token = await services.auth.exposeResetToken(email);
      if (token === null) throw new HttpError(403, 'There is no account with this e-mail address.');
      return sendJson(exchange, 200, { email, reset_token: token });
    }
    await services.auth.requestPasswordReset(email);
    sendJson(exchange, 200, { email, message: 'reset mail sent' });
  }

  private async setPassword(exchange: HttpExchange): Promise<void> {
    const fields = await fieldsOf(exchange, 'email', 'reset_token', 'new_password');
    const { services } = await this.auth.context(exchange);
    const { email, reset_token: token, new_password: newPassword } = fields;
    await services.auth.resetPassword({ email, token, newPassword });
    sendJson(exchange, 200, { email, message: 'Password updated' });
  }

  private async signedIn(exchange: HttpExchange) {
    const context = await this.auth.context(exchange);
    if (!context.session) throw new HttpError(403, 'There is no live session.');
    return { context, session: context.session };
  }
}

/** The exercise has one sentence for each refusal; failures of the server and limits are the request handler's. */
function answering(handler: Handler): Handler {
  return async exchange => {
    try {
      await handler(exchange);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      const { status, code, message, fields } = errorResponse(error);
      if (status >= 429) throw error;
      exchange.line.code = code;
      sendJson(exchange, status, {
        message: code === 'EMAIL_TAKEN' ? 'email already registered' : (fields?.[0]?.message ?? message),
      });
    }
  };
}

/** The named fields of a form or a JSON object. Each has to be there, once, as text. */
async function fieldsOf<Name extends string>(exchange: HttpExchange, ...names: Name[]): Promise<Record<Name, string>> {
  const content = contentType(exchange);
  const body = await readBody(exchange, content);
  const read = FORMS[body === '' ? '' : content.type]?.(body);
  if (!read) throw new HttpError(415, 'Send a form, or JSON.');
  return Object.fromEntries(
    names.map(name => {
      const value = read(name);
      if (typeof value !== 'string') throw new HttpError(400, `${name} missing`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}

const FORMS: Record<string, (body: string) => (name: string) => unknown> = {
  '': fromForm,
  'application/x-www-form-urlencoded': fromForm,
  'application/json': fromJson,
};

function fromForm(body: string): (name: string) => unknown {
  const form = new URLSearchParams(body);
  return name => {
    const values = form.getAll(name);
    if (values.length > 1) throw new HttpError(400, `${name} given twice`);
    return values[0];
  };
}

function fromJson(body: string): (name: string) => unknown {
  const value = parseJson(body);
  const object = typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
  return name => object.get(name);
}

const welcomePage = (playground: boolean) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Bienvenue</title></head>
<body>
<h1>Bienvenue</h1>
<p>The GraphQL authentication service answers at <code>/graphql</code>.</p>
${playground ? '<p><a href="/graphql">Open the playground</a></p>\n' : ''}</body>
</html>
`;
