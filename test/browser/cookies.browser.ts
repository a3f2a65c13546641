import type { Browser } from 'playwright-core';
import { ada, PROFILE, REGISTER, startApp, type TestApp } from '../support/app.ts';
import { type Certificate, createCertificate } from '../support/certificate.ts';
import { Diagnosis, RESOLVES_TEST_NAMES } from '../support/doctor.ts';
import { Folder } from '../support/folder.ts';
import { changeCookies, type ProxyRules, ReverseProxy } from '../support/reverse-proxy.ts';
import { MailServer } from '../support/smtp.ts';
import { launchChromium } from './chromium.ts';

/** What became of the session cookie, in the words of the doctor. */
type Delivery = 'sent' | 'partitioned' | 'not-sent' | 'refused';

/** Scheme and host of service and page, without ports. */
interface SetUp {
  service: string;
  /** Where the page is; on the origin of the service itself when absent. */
  page?: string;
  sameSite?: 'none';
  /** Whether the page's origin is in BIENVENUE_ALLOWED_ORIGINS; otherwise another origin is. */
  listed?: false;
}

const AUTH = 'https://auth.example.test';

describe('the session cookie in a browser that blocks third-party cookies', () => {
  let folder: Folder;
  let certificate: Certificate;
  let mailServer: MailServer;
  let chromium: Browser;
  beforeAll(async () => {
    folder = new Folder();
    certificate = createCertificate(folder, ['*.example.test', '*.other.test', '*.github.io', 'localhost']);
    mailServer = await MailServer.start();
    const args = [
      '--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.github.io 127.0.0.1',
      `--ignore-certificate-errors-spki-list=${certificate.spki}`,
      '--test-third-party-cookie-phaseout',
    ];
    chromium = await launchChromium(args, { complete: true });
  });
  afterAll(async () => {
    await chromium.close();
    await mailServer.close();
    folder.remove();
  });

  it.each<[string, SetUp, Delivery]>([
    ['the same origin', { service: AUTH }, 'sent'],
    ['another port of this machine', { service: 'http://localhost', page: 'http://localhost' }, 'sent'],
    ['another name of this machine', { service: 'http://localhost', page: 'http://127.0.0.1' }, 'not-sent'],
    ['the same host without https', { service: 'https://localhost', page: 'http://localhost' }, 'not-sent'],
    ['another host of the same site', { service: AUTH, page: 'https://app.example.test' }, 'sent'],
    ['another site, with Lax', { service: AUTH, page: 'https://app.other.test' }, 'not-sent'],
    ['another site, with None', { service: AUTH, page: 'https://app.other.test', sameSite: 'none' }, 'partitioned'],
    ['below a public suffix', { service: 'https://auth.github.io', page: 'https://app.github.io' }, 'not-sent'],
    ['the same site, not listed', { service: AUTH, page: 'https://app.example.test', listed: false }, 'refused'],
    ['another site, not listed', { service: AUTH, page: 'https://app.other.test', listed: false }, 'refused'],
  ])('SE-2: ends as the doctor predicts from %s', async (_, setUp, expected) => {
    await using deployment = await Deployment.open(setUp, { certificate, mailServer });

    const [delivery, diagnosis] = await Promise.all([deployment.deliveryIn(chromium), deployment.diagnose()]);
    expect(delivery).toBe(expected);
    expect(diagnosis.deliveries).toMatchObject({ [deployment.origin]: expected });
    expect(diagnosis.messages('fault')).toEqual([]);
  });

  it('SE-2: depends on Partitioned from another site, and the doctor notices a proxy that removes it', async () => {
    const setUp: SetUp = { service: AUTH, page: 'https://app.other.test', sameSite: 'none' };
    await using deployment = await Deployment.open(setUp, { certificate, mailServer });
    deployment.rules.response = changeCookies(line => line.replace('; Partitioned', ''));

    const [delivery, diagnosis] = await Promise.all([deployment.deliveryIn(chromium), deployment.diagnose()]);
    expect(delivery).toBe('not-sent');
    expect(diagnosis.messages('fault')).toEqual([
      expect.stringMatching(/changes the Set-Cookie header: Partitioned is missing/),
    ]);
  });
});

interface Surroundings {
  certificate: Certificate;
  mailServer: MailServer;
}

const PAGE = '/front-end';

/** A service behind a proxy, and a page on an origin. */
class Deployment {
  private constructor(
    readonly origin: string,
    readonly rules: ProxyRules,
    private readonly env: Record<string, string>,
    private readonly app: TestApp,
    private readonly proxies: ReverseProxy[],
  ) {}

  static async open(setUp: SetUp, { certificate, mailServer }: Surroundings): Promise<Deployment> {
    const { service, page, sameSite = 'lax', listed = true } = setUp;
    const proxy = await ReverseProxy.start(service.startsWith('https:') ? certificate : undefined);
    const front = page ? await ReverseProxy.start(page.startsWith('https:') ? certificate : undefined) : proxy;
    const publicUrl = `${service}:${proxy.port}`;
    const origin = page ? `${page}:${front.port}` : publicUrl;
    for (const { rules } of [proxy, front])
      rules.respond = ({ url }, res) =>
        url === PAGE && Boolean(res.setHeader('content-type', 'text/html').end('<title>Front end</title>'));

    const env = {
      ...(mailServer.settings as Record<string, string>),
      PUBLIC_URL: publicUrl,
      BIENVENUE_ALLOWED_ORIGINS: listed ? origin : 'https://listed.other.test',
      BIENVENUE_COOKIE_SAME_SITE: sameSite,
      BIENVENUE_TRUSTED_PROXIES: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: certificate.path,
      NODE_OPTIONS: RESOLVES_TEST_NAMES,
    };
    const app = await startApp({ env });
    proxy.target = app.options.port;
    return new Deployment(origin, proxy.rules, env, app, [...new Set([proxy, front])]);
  }

  /** Registers a user on the page, and looks at what the next request of the page brings. */
  async deliveryIn(chromium: Browser): Promise<Delivery> {
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(`${this.origin}${PAGE}`);
    const url = `${this.env.PUBLIC_URL}/graphql`;
    const registered = await page.evaluate(send, { url, query: REGISTER, variables: { ...ada } });
    const profile = await page.evaluate(send, { url, query: PROFILE, variables: {} });
    const partitioned = (await context.cookies(url)).some(cookie => cookie.partitionKey);
    await context.close();
    if (registered === undefined) return 'refused';
    expect(registered).toContain('"__typename":"SignedIn"');
    if (!profile?.includes(ada.email)) return 'not-sent';
    return partitioned ? 'partitioned' : 'sent';
  }

  diagnose(): Promise<Diagnosis> {
    const settings = { ...this.env, PORT: String(this.app.options.port), DATABASE_URL: this.app.database.url };
    return Diagnosis.of(settings, { args: ['--origin', this.origin] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    for (const proxy of this.proxies) await proxy.close();
  }
}

/** The body of the response; undefined when the browser does not let the page read it. */
const send = ({ url, ...operation }: { url: string; query: string; variables: object }) =>
  fetch(url, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  }).then(
    response => response.text(),
    () => undefined,
  );
