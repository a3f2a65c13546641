import { diagnose, type Report } from '../../src/doctor/doctor.ts';
import type { Status } from '../../src/doctor/finding.ts';
import { type Environment, optionsFromEnvironment } from '../../src/options/environment.ts';
import { runCommand, runProcess } from './commands.ts';

/** For NODE_OPTIONS: host names that tests use are this machine, as with `--host-resolver-rules` of Chromium. */
export const RESOLVES_TEST_NAMES = `--import=data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  const { lookup } = dns;
  dns.lookup = (name, ...rest) => lookup(/[.](test|io)$/.test(name) ? '127.0.0.1' : name, ...rest);`)}`;

/** What was found to be so, each with what it is about. */
export const messages = ({ findings }: Report, status: Status): string[] =>
  findings
    .filter(finding => finding.status === status)
    .map(({ check, message, advice }) => [`${check}:`, message, advice].filter(Boolean).join(' '));

/** The report without a process of its own, for the many cases of a proxy. */
export const reportOf = (env: Environment): Promise<Report> => diagnose(() => optionsFromEnvironment(env));

/** The result of `bienvenue doctor --json`. */
export class Diagnosis {
  private constructor(
    readonly code: number | null,
    readonly report: Report,
    readonly stdout: string,
  ) {}

  static async of(env: Environment, { args = [], cwd }: { args?: string[]; cwd?: string } = {}): Promise<Diagnosis> {
    const run = env.NODE_OPTIONS ? runProcess : runCommand;
    const { code, stdout, stderr } = await run(['doctor', '--json', ...args], env, cwd);
    if (stderr !== '') throw new Error(stderr);
    return new Diagnosis(code, JSON.parse(stdout), stdout);
  }

  get status(): Status {
    return this.report.status;
  }

  messages(status: Status): string[] {
    return messages(this.report, status);
  }

  /** The delivery of each origin. */
  get deliveries(): Record<string, string> {
    return Object.fromEntries(this.report.origins.map(({ origin, delivery }) => [origin, delivery]));
  }
}
