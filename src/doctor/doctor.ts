import { readTemplateFolder } from '../mail/template-folder.ts';
import { ConfigError } from '../options/define.ts';
import { pageOptions } from '../options/page-options.ts';
import type { Options } from '../options.ts';
import { mailTemplates } from '../registry.ts';
import type { CookieDelivery } from '../request/cookie-delivery.ts';
import { cookieDeliveries, describeDeliveries } from './cookies.ts';
import { checkDatabase } from './database.ts';
import { codeOf, type Finding, fault, ok, type Status } from './finding.ts';
import { checkForwarding } from './forwarding.ts';
import { checkMail } from './mail.ts';
import { Probe } from './probe.ts';
import { ProbeServer } from './probe-server.ts';
import { checkPublicUrl } from './public-url.ts';
import { checkRedis } from './redis.ts';

/** The result of `bienvenue doctor`, and what `--json` prints. Fields are added, and never change their meaning. */
export interface Report {
  /** The worst of the findings. */
  readonly status: Status;
  readonly findings: readonly Finding[];
  /** Empty when the settings are refused. */
  readonly origins: readonly Pick<CookieDelivery, 'origin' | 'relation' | 'delivery'>[];
}

/**
 * Tries everything that the settings name, with a bounded time for each, and changes nothing. `origins`: origins to judge
 * beside those in the settings.
 */
export async function diagnose(loadOptions: () => Options, origins: readonly string[] = []): Promise<Report> {
  let options: Options;
  try {
    options = loadOptions();
    await readFiles(options);
  } catch (error) {
    if (error instanceof ConfigError) return report(refusedSettings(error), []);
    throw error;
  }
  // First, because opening a locked SQLite file blocks the thread, which would use up the time limits of the others.
  const database = await checkDatabase(options);
  const [mail, redis, reachability, deliveries] = await Promise.all([
    checkMail(options),
    checkRedis(options),
    checkReachability(options),
    cookieDeliveries(options, origins),
  ]);
  const cookies = describeDeliveries(deliveries, options);
  const settings = ok('settings', 'The settings are accepted.');
  return report([settings, ...database, ...mail, ...redis, ...reachability, ...cookies], deliveries);
}

/** Reads the files that settings name, apart from the database. Throws ConfigError with the issues of all of them. */
async function readFiles(options: Options): Promise<void> {
  const read = [readTemplateFolder(options.mailTemplates, mailTemplates), pageOptions(options)];
  const results = await Promise.allSettled(read);
  const errors = results.filter(result => result.status === 'rejected').map(({ reason }) => reason);
  const other = errors.find(error => !(error instanceof ConfigError));
  if (other !== undefined) throw other;
  if (errors.length > 0) throw new ConfigError(errors.flatMap(({ issues }: ConfigError) => issues));
}

/** The issues are sentences that say what to do. */
const refusedSettings = ({ issues }: ConfigError): Finding[] =>
  issues.map(message => ({ check: 'settings', status: 'fault', message }));

function report(findings: readonly Finding[], deliveries: readonly CookieDelivery[]): Report {
  const has = (status: Status) => findings.some(finding => finding.status === status);
  return {
    status: has('fault') ? 'fault' : has('warning') ? 'warning' : 'ok',
    findings,
    origins: deliveries.map(({ origin, relation, delivery }) => ({ origin, relation, delivery })),
  };
}

/** Requests PUBLIC_URL; when no service listens on HOST and PORT, the doctor does so in its place. */
async function checkReachability(options: Options): Promise<Finding[]> {
  const probe = new Probe(options);
  const { probeServer, findings } = await openProbeServer(options, probe.id);
  try {
    const publicUrl = await checkPublicUrl(options, probe);
    return [...findings, ...publicUrl, ...checkForwarding(options, probeServer?.received[0])];
  } finally {
    probeServer?.close();
  }
}

interface OpenedAddress {
  probeServer?: ProbeServer;
  findings: Finding[];
}

async function openProbeServer(options: Options, id: string): Promise<OpenedAddress> {
  const address = `HOST and PORT (${options.host}, ${options.port})`;
  if (options.port === 0) return { findings: [ok('address', 'PORT is 0: the service takes a free port.')] };
  try {
    const probeServer = await ProbeServer.listen(options, id);
    return { probeServer, findings: [ok('address', `${address} are free: the service does not run here.`)] };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE') return { findings: [ok('address', `${address} are in use, probably by the service.`)] };
    const advice = 'Set HOST to an address of this machine, and PORT to one that this user may open.';
    return { findings: [fault('address', `${address} cannot be used (${code}).`, advice)] };
  }
}
