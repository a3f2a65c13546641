import type { Options } from '../options.ts';
import { isWebOrigin } from '../request/cookie-delivery.ts';
import { cookieFormat } from '../request/cookies.ts';
import { codeOf, type Finding, fault, ok } from './finding.ts';
import type { Probe, ProbeResponse } from './probe.ts';

/** Requests PUBLIC_URL as a browser would, and reports what a proxy in front changes that a browser depends on. */
export async function checkPublicUrl(options: Options, probe: Probe): Promise<Finding[]> {
  let response: ProbeResponse;
  try {
    response = await probe.own();
  } catch (error) {
    return [unreachable(options, codeOf(error))];
  }
  if (!response.executed) return [otherResponse(options, response)];
  const findings = await Promise.all([
    checkCookie(response, options, probe),
    checkOrigin(probe),
    checkCors(options, probe),
  ]);
  return [ok('public-url', `PUBLIC_URL: requests to ${options.publicUrl} arrive.`), ...findings.flat()];
}

function unreachable({ publicUrl }: Options, code: string): Finding {
  const [problem, advice] = UNREACHABLE.find(([pattern]) => pattern.test(code))?.[1] ?? [
    'cannot be reached from this machine',
    'Start the service, or check the proxy, the port and the firewall.',
  ];
  return fault('public-url', `PUBLIC_URL: ${publicUrl} ${problem} (${code}).`, advice);
}

/** By the codes of Node.js and OpenSSL. */
const UNREACHABLE: [RegExp, [string, string]][] = [
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    ['has a host name that cannot be resolved', 'Correct the name, or its entry in the DNS.'],
  ],
  [/^CERT_HAS_EXPIRED$/, ['has an expired certificate', 'Renew it: browsers refuse it.']],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, ['has a certificate for another name', 'Use one for this name.']],
  [
    /CERT|SIGNATURE|ISSUER/,
    [
      'has a certificate that is not trusted',
      'Use one of a public authority, with its intermediate certificates; for your own authority, set NODE_EXTRA_CA_CERTS.',
    ],
  ],
  [
    /^(EPROTO|ERR_SSL.*)$/,
    ['does not speak TLS', 'The service itself speaks http: put a proxy with a certificate in front of it.'],
  ],
];

function otherResponse({ publicUrl, host, port }: Options, { status, headers }: ProbeResponse): Finding {
  const broken = (problem: string, advice: string) =>
    fault('public-url', `PUBLIC_URL: ${publicUrl} ${problem}`, advice);
  if (status >= 300 && status < 400) {
    const target = URL.parse(headers.location ?? '', publicUrl)?.origin ?? 'another address';
    return broken(
      `redirects to ${target} (${status}).`,
      'Set PUBLIC_URL to the origin that responds without a redirect: a redirect loses cookies and request bodies.',
    );
  }
  if (status === 403)
    return broken(
      'refuses requests from its own pages (403).',
      'Run the service with these settings, and let the proxy pass Origin and Sec-Fetch-Site on unchanged.',
    );
  if (status >= 502 && status <= 504)
    return broken(
      `responds with ${status}: the service does not run, or the proxy does not reach it.`,
      `Start the service, and let the proxy forward to HOST and PORT (${host}, ${port}).`,
    );
  return broken(
    `leads to something other than the service (${status}).`,
    'Let the proxy forward every path, /graphql included, without a prefix.',
  );
}

async function checkCookie({ headers }: ProbeResponse, options: Options, probe: Probe): Promise<Finding[]> {
  const { name, attributes } = cookieFormat(options);
  const line = headers['set-cookie']?.find(line => line.startsWith(`${name}=`));
  if (line === undefined) return [await lostCookie(probe, name)];
  const changes = differences(attributes, line);
  if (changes.length === 0) return [ok('proxy', 'Cookies and Set-Cookie pass unchanged.')];
  return [
    fault(
      'proxy',
      `A proxy changes the Set-Cookie header: ${changes.join(', ')}.`,
      name.startsWith('__Host-')
        ? 'Remove its cookie rules: browsers drop a __Host- cookie with a Domain, another Path or without Secure.'
        : 'Remove its cookie rules.',
    ),
  ];
}

/** A request with two sessions is refused, so the status tells whether the cookie arrived. */
async function lostCookie(probe: Probe, name: string): Promise<Finding> {
  const { status } = await probe.own({ authorization: 'Bearer doctor' });
  if (status === 400)
    return fault(
      'proxy',
      'A proxy removes the Set-Cookie header from responses: no browser stays signed in.',
      'Let it pass Set-Cookie on, and not cache responses.',
    );
  return fault(
    'proxy',
    `The cookie ${name} does not arrive: a proxy removes it, or the service runs with other settings.`,
    'Let the proxy pass the Cookie header on, and run the service with these settings.',
  );
}

/** What differs from the attributes that the service sends. */
function differences(sent: string, line: string): string[] {
  const parse = (text: string) => text.split(';').map(attribute => attribute.trim());
  const received = parse(line).slice(1);
  const expected = parse(sent);
  const missing = expected.filter(attribute => !received.some(other => sameText(other, attribute)));
  const domain = received.find(attribute => /^domain=/i.test(attribute));
  return [...missing.map(attribute => `${attribute} is missing`), ...(domain ? [`${domain} is added`] : [])];
}

const sameText = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** An origin that nobody can list, because the name is reserved (RFC 2606). */
const FOREIGN = 'https://not-listed.invalid';

async function checkOrigin(probe: Probe): Promise<Finding[]> {
  const { status } = await probe.from(FOREIGN);
  if (status === 403) return [ok('proxy', 'The Origin header arrives.')];
  return [
    fault(
      'proxy',
      `A request from a foreign origin is not refused (${status}): the Origin header does not arrive.`,
      'Let the proxy pass Origin on: the protection against requests from other sites depends on it.',
    ),
  ];
}

/** One listed origin stands for all: the service treats them alike. */
async function checkCors({ allowedOrigins, publicUrl }: Options, probe: Probe): Promise<Finding[]> {
  const origin = allowedOrigins.find(allowed => isWebOrigin(allowed) && allowed !== publicUrl);
  if (origin === undefined) return [];
  const responses = await Promise.all([probe.preflight(origin), probe.from(origin)]);
  const allowed = responses.every(
    ({ headers }) =>
      headers['access-control-allow-origin'] === origin && headers['access-control-allow-credentials'] === 'true',
  );
  if (allowed) return [ok('proxy', `Pages of ${origin} may read the responses (CORS).`)];
  return [
    fault(
      'proxy',
      `Pages of ${origin} cannot read the responses: the CORS headers are missing, changed or sent twice.`,
      'Remove CORS rules from the proxy, let it pass OPTIONS on, and run the service with these settings.',
    ),
  ];
}
