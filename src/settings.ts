import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseEmail } from './auth/email-address.ts';
import { DAY, HOUR, MINUTE, SECOND } from './core/clock.ts';

export type Environment = Record<string, string | undefined>;

/** Reads one setting: the value, or a sentence that says what would be one. */
export type Reader<T> = (text: string) => T | Refusal;

/** What the text should have been. */
export class Refusal {
  constructor(readonly sentence: string) {}
}

/** The settings as they were given, and what is wrong with them. */
export class Settings {
  readonly faults: string[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly environment: Environment) {}

  /** One setting, read; the fallback where it is absent, or refused. */
  get<T>(name: string, read: Reader<T>, fallback: T): T {
    this.known.add(name).add(`${name}_FILE`);
    const text = this.textOf(name);
    if (text === undefined) return fallback;

    const value = read(text);
    if (!(value instanceof Refusal)) return value;
    this.faults.push(`${name}: ${value.sentence}`);
    return fallback;
  }

  /** Whether it was given at all. */
  has(name: string): boolean {
    return Boolean(this.environment[name] || this.environment[`${name}_FILE`]);
  }

  /** Whether what was given could not be read. */
  refused(name: string): boolean {
    return this.faults.some(fault => fault.startsWith(`${name}:`));
  }

  /** For the end: every name of ours that was not asked for is a mistake. */
  refuseUnknown(): void {
    const unknown = Object.keys(this.environment).filter(
      name => name.startsWith('BIENVENUE_') && !this.known.has(name) && this.environment[name] !== undefined,
    );
    for (const name of unknown) this.faults.push(`${name}: there is no such setting; correct the name or remove it.`);
  }

  /** An empty setting counts as absent, as a compose file writes it; a file's last line break is not part of a secret. */
  private textOf(name: string): string | undefined {
    const file = this.environment[`${name}_FILE`];
    if (!file) return this.environment[name] || undefined;
    if (this.environment[name]) this.faults.push(`${name}: given twice; set either it or ${name}_FILE.`);
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
    } catch {
      this.faults.push(`${name}_FILE: the file cannot be read; check the path and who may read it.`);
      return undefined;
    }
  }
}

export const onOff: Reader<boolean> = text =>
  text === 'on' ? true : text === 'off' ? false : new Refusal('say on or off.');

export const oneOf =
  <T extends string>(values: readonly T[]): Reader<T> =>
  text =>
    values.find(value => value === text) ?? new Refusal(`say one of ${values.join(', ')}.`);

export const integer =
  (least: number, most: number): Reader<number> =>
  text => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Refusal(`give a whole number from ${least} to ${most}.`);
  };

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

export const duration =
  (least: number, most: number): Reader<number> =>
  text => {
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const value = count && unit ? Number(count) * (UNITS[unit] as number) : Number.NaN;
    if (value >= least && value <= most) return value;
    return new Refusal(`give a duration as 30m, 12h or 7d, from ${inWords(least)} to ${inWords(most)}.`);
  };

const inWords = (length: number) =>
  length % DAY === 0 ? `${length / DAY}d` : length % HOUR === 0 ? `${length / HOUR}h` : `${length / MINUTE}m`;

export const listOf =
  <T>(read: Reader<T>): Reader<T[]> =>
  text => {
    const values = text.split(',').map(entry => read(entry.trim()));
    return values.find(value => value instanceof Refusal) ?? (values as T[]);
  };

export const hostName: Reader<string> = text =>
  isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)
    ? text
    : new Refusal('give an address or a host name of this machine, as 127.0.0.1 or 0.0.0.0.');

/** An origin as browsers send it: nothing after the host and port, or it would never match. */
export const origin: Reader<string> = text => {
  const url = webUrl(text);
  const bare = url && (text === url.origin || text === `${url.origin}/`);
  return bare ? url.origin : new Refusal('give exact origins, as https://app.example.org, without a path.');
};

export const pageUrl: Reader<string> = text => {
  const url = webUrl(text);
  const plain = url && !/[?#]/.test(text) && url.username === '' && url.password === '';
  return plain ? url.href.replace(/\/+$/, '') : new Refusal('give an address as https://app.example.org/account.');
};

const webUrl = (text: string) => {
  const url = URL.parse(text);
  return url && ['http:', 'https:'].includes(url.protocol) && !url.hostname.includes('*') ? url : undefined;
};

export const cidr: Reader<string> = text => {
  const [address = '', prefix = isIP(address) === 6 ? '128' : '32', ...rest] = text.split('/');
  const family = isIP(address);
  const widest = family === 6 ? 128 : 32;
  // Everybody is no proxy: whoever connects could then say where he comes from.
  const fits = family !== 0 && rest.length === 0 && /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= widest;
  return fits ? `${address}/${prefix}` : new Refusal('list addresses or ranges, as 10.0.0.0/8, 2001:db8::/32.');
};

export const smtp: Reader<string | undefined> = text =>
  ['smtp:', 'smtps:'].includes(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.hostname
    ? text
    : new Refusal('give a mail server as smtps://user:password@mail.example.org or smtp://localhost:25.');

export const redis: Reader<string | undefined> = text =>
  ['redis:', 'rediss:'].includes(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.hostname
    ? text
    : new Refusal('give a Redis server as rediss://user:password@redis.example.org or redis://localhost:6379.');

export const sender: Reader<string> = text => {
  // A comma outside quotes would make two senders of one.
  const address = /^(?:[^<>",;@\r\n]*|"[^"\r\n]*" *)<([^<>]+)>$/.exec(text)?.[1] ?? text;
  return parseEmail(address)
    ? text
    : new Refusal('give one address, as no-reply@example.org or Example <no-reply@example.org>.');
};

export const onlyYet =
  (value: string): Reader<undefined> =>
  text =>
    text === value ? undefined : new Refusal(`this version knows ${value} only; remove the setting.`);

export const notYet: Reader<undefined> = () =>
  new Refusal('this version does not have what it would set; remove the setting.');
