import { notFound } from '../request/error-response.ts';
import { sendJson, wantsHtml } from './exchange.ts';
import type { ServerRoute } from './router.ts';
import type { ServerPages } from './server-pages.ts';

const DOCS = 'https://www.npmjs.com/package/bienvenue-auth';

/** What decides about the links. */
interface WelcomeParts {
  /** The name of the service. */
  readonly name: string;
  readonly pages: boolean;
  readonly playground: boolean;
  readonly mailbox: boolean;
  /** Other clients than browsers get the JSON of the REST routes. */
  readonly rest: boolean;
}

/** `/`: a page with links for browsers, JSON for other clients. */
export function welcomeRoute(parts: WelcomeParts, serverPages: ServerPages): ServerRoute {
  const html = [introduction(parts), linkList(parts)].join('\n');
  return {
    method: 'GET',
    path: '/',
    handle(exchange) {
      if (wantsHtml(exchange)) return serverPages.send(exchange, 200, parts.name, html);
      if (!parts.rest) throw notFound();
      sendJson(exchange, 200, { message: 'Bienvenue' });
    },
  };
}

/** For people who use the service, or for those who develop with it. */
const introduction = ({ pages, playground }: WelcomeParts) =>
  pages && !playground
    ? '<p>Sign in to your account, or create one.</p>'
    : '<p>This is a GraphQL authentication service. Its endpoint is <code>/graphql</code>.</p>';

function linkList({ pages, playground, mailbox }: WelcomeParts): string {
  const links: [boolean, string, string, string][] = [
    [pages, '/account/sign-in', 'Sign in', 'Profile, password, sessions and activity of your account'],
    [pages, '/account/register', 'Create an account', 'With your e-mail address and a password'],
    [playground, '/graphql', 'Open the playground', 'Run queries and mutations in the browser'],
    [mailbox, '/dev/mailbox', 'Open the dev mailbox', 'Read the mails that a mail server would have sent'],
    [playground, DOCS, 'Read the documentation', 'Settings, client kit, and use inside your own server'],
  ];
  const items = links
    .filter(([shown]) => shown)
    .map(([, address, title, text]) => `<li><a href="${address}"><b>${title}</b> <small>${text}</small></a></li>`);
  return items.length > 0 ? `<ul>${items.join('')}</ul>` : '';
}
