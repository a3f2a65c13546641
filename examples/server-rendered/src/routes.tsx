// Loaders render pages, actions handle form posts, as in React Router or Remix: `(request: Request) => Promise<Response>`.
import { type AuthErrorCode, type AuthErrorInfo, authError, createServerClient } from 'bienvenue-auth/client';
import { LoginDocument, LogoutDocument, ProfileDocument, RegisterDocument } from 'bienvenue-auth/documents';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { CheckYourMail, Failure, Profile, Register, SignIn } from './pages.tsx';

type Route = (request: Request) => Promise<Response> | Response;

const ROUTES: Record<string, Route> = {
  'GET /': profileLoader,
  'GET /sign-in': () => page(<SignIn />),
  'POST /sign-in': signInAction,
  'GET /register': () => page(<Register />),
  'POST /register': registerAction,
  'POST /sign-out': signOutAction,
};

export async function respond(request: Request): Promise<Response> {
  const route = ROUTES[`${request.method} ${new URL(request.url).pathname}`];
  if (!route) return page(<Failure message="There is no such page." />, { status: 404 });
  try {
    return await route(request);
  } catch (error) {
    const failure = authError(error);
    return page(<Failure message={failure.message} />, { status: statusOf(failure) });
  }
}

/** A client that acts for the visitor: their cookies go to the service, and `setCookies` has to go back to them. */
const clientFor = (request: Request) =>
  createServerClient({
    uri: process.env.AUTH_URL ?? 'http://localhost:4000/graphql',
    request,
    headers: { 'x-forwarded-for': request.headers.get('x-forwarded-for') ?? '' },
  });

async function profileLoader(request: Request): Promise<Response> {
  const { client, setCookies } = clientFor(request);
  const { data } = await client.query({ query: ProfileDocument });
  if (!data?.profile) return redirect('/sign-in', setCookies);
  return page(<Profile profile={data.profile} />, { setCookies });
}

async function signInAction(request: Request): Promise<Response> {
  const { email, password } = await fieldsOf(request);
  const { client, setCookies } = clientFor(request);
  try {
    const { data } = await client.mutate({ mutation: LoginDocument, variables: { email, password } });
    if (data?.login.__typename === 'EmailConfirmationRequired') return page(<CheckYourMail address={email} />);
    return redirect('/', setCookies);
  } catch (thrown) {
    const error = authError(thrown);
    return page(<SignIn email={email} error={error} />, { status: statusOf(error), setCookies });
  }
}

async function registerAction(request: Request): Promise<Response> {
  const { email, password, name } = await fieldsOf(request);
  const { client, setCookies } = clientFor(request);
  try {
    const variables = { email, password, name: name || null };
    const { data } = await client.mutate({ mutation: RegisterDocument, variables });
    if (data?.register.__typename === 'EmailConfirmationRequired') return page(<CheckYourMail address={email} />);
    return redirect('/', setCookies);
  } catch (thrown) {
    const error = authError(thrown);
    return page(<Register name={name} email={email} error={error} />, { status: statusOf(error), setCookies });
  }
}

async function signOutAction(request: Request): Promise<Response> {
  const { client, setCookies } = clientFor(request);
  await client.mutate({ mutation: LogoutDocument });
  return redirect('/sign-in', setCookies);
}

async function fieldsOf(request: Request) {
  const fields = new URLSearchParams(await request.text());
  const text = (name: string) => fields.get(name) ?? '';
  return { name: text('name'), email: text('email'), password: text('password') };
}

/** All other codes are caused by what was entered. */
const STATUS: Partial<Record<AuthErrorCode, number>> = {
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UNKNOWN: 500,
  NETWORK_ERROR: 502,
  BUSY: 503,
  UNAVAILABLE: 503,
};

const statusOf = ({ code }: AuthErrorInfo) => STATUS[code] ?? 422;

interface PageOptions {
  status?: number;
  setCookies?: readonly string[];
}

function page(content: ReactNode, { status = 200, setCookies = [] }: PageOptions = {}): Response {
  const headers = headersWith(setCookies);
  headers.set('content-type', 'text/html; charset=utf-8');
  return new Response(`<!doctype html>${renderToString(content)}`, { status, headers });
}

function redirect(location: string, setCookies: readonly string[]): Response {
  const headers = headersWith(setCookies);
  headers.set('location', location);
  return new Response(null, { status: 303, headers });
}

function headersWith(setCookies: readonly string[]): Headers {
  // A user's pages must not come from a cache, nor back with the back button.
  const headers = new Headers({ 'cache-control': 'no-store', 'content-security-policy': "frame-ancestors 'none'" });
  for (const cookie of setCookies) headers.append('set-cookie', cookie);
  return headers;
}
