import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { parseEmail } from '../auth/email-address.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { isLogo } from './logo-file.ts';

/**
 * The kinds of values that options have. Each schema accepts the native value and the notation of the environment,
 * and its message says what to write instead. A message never repeats the value: it may be a secret.
 */

/** A string that `parse` turns into a value, or into `undefined` when it is invalid. */
export const text = <T>(message: string, parse: (text: string) => T | undefined) =>
  v.pipe(
    v.string(message),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message });
      return NEVER;
    }),
  );

export const onOff = v.pipe(
  v.union([v.boolean(), v.picklist(['on', 'off'])], 'set it to on or off.'),
  v.transform(value => value === true || value === 'on'),
);

export const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `set it to one of ${values.join(', ')}.`);

export const integer = (min: number, max: number, message = `set it to a whole number from ${min} to ${max}.`) =>
  v.pipe(
    v.union([v.number(), text(message, digits => (/^\d{1,9}$/.test(digits) ? Number(digits) : undefined))], message),
    v.check(value => Number.isInteger(value) && value >= min && value <= max, message),
  );

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** In milliseconds, or as `30m`. */
export const duration = (min: number, max: number) => {
  const message = `set it to a duration such as 30m, 12h or 7d, from ${inUnits(min)} to ${inUnits(max)}.`;
  return v.pipe(
    v.union([v.number(), text(message, parseDuration)], message),
    v.check(value => Number.isInteger(value) && value >= min && value <= max, message),
  );
};

function parseDuration(value: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * Number(UNITS[unit]);
}

const inUnits = (length: number) =>
  length % DAY === 0 ? `${length / DAY}d` : length % HOUR === 0 ? `${length / HOUR}h` : `${length / MINUTE}m`;

/** An array, or a string with commas between the entries. */
const listOf = <T>(message: string, parse: (text: string) => T | undefined) => {
  const separated = v.pipe(
    v.string(),
    v.transform(list => list.split(',').map(entry => entry.trim())),
  );
  return v.pipe(v.union([v.array(v.string()), separated], message), v.array(text(message, parse)));
};

export const hostName = text(
  'set it to an address or host name of this machine, such as 127.0.0.1 or 0.0.0.0.',
  value => (isIP(value) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) ? value : undefined),
);

/** An origin as browsers send it. With anything after host and port it would never match. */
function parseOrigin(value: string): string | undefined {
  const url = webUrl(value);
  return url && (value === url.origin || value === `${url.origin}/`) ? url.origin : undefined;
}

export const origin = text('set it to an exact origin such as https://auth.example.org, without a path.', parseOrigin);

/** Webview apps have origins such as capacitor://localhost, for which `URL.origin` is "null". */
const APP_ORIGIN = /^(?!https?:|file:|data:|javascript:|blob:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?$/;

export const origins = listOf(
  'list exact origins such as https://app.example.org or capacitor://localhost, without a path.',
  value => parseOrigin(value) ?? (APP_ORIGIN.test(value) ? value : undefined),
);

export const pageUrl = text('set it to an address such as https://app.example.org/account.', value => {
  const url = webUrl(value);
  const plain = url && !/[?#]/.test(value) && url.username === '' && url.password === '';
  return plain ? url.href.replace(/\/+$/, '') : undefined;
});

const webUrl = (value: string) => {
  const url = URL.parse(value);
  return url && ['http:', 'https:'].includes(url.protocol) && !url.hostname.includes('*') ? url : undefined;
};

export const addressRanges = listOf('list addresses or ranges such as 10.0.0.0/8, 2001:db8::/32.', value => {
  const [address = '', prefix = isIP(address) === 6 ? '128' : '32', ...rest] = value.split('/');
  const family = isIP(address);
  const maxPrefix = family === 6 ? 128 : 32;
  // A prefix of 0 would trust every client to choose its own address.
  const valid = family !== 0 && rest.length === 0 && /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= maxPrefix;
  return valid ? `${address}/${prefix}` : undefined;
});

export const sender = text(
  'set it to one address, such as no-reply@example.org or Example <no-reply@example.org>.',
  value => {
    // Mail servers read an unquoted comma as a separator of two senders.
    const address = /^(?:[^<>",;@\r\n]*|"[^"\r\n]*" *)<([^<>]+)>$/.exec(value)?.[1] ?? value;
    return parseEmail(address) ? value : undefined;
  },
);

export const path = text('set it to the path of a folder.', value =>
  /^[^\0]*[^\0\s][^\0]*$/.test(value) ? value : undefined,
);

/** Line breaks and other control characters would break titles and mails. */
export const brandName = text('set it to a name of 60 characters or fewer, on one line.', value =>
  /^[^\p{Cc}\p{Zl}\p{Zp}]{1,60}$/u.test(value.trim()) ? value.trim() : undefined,
);

export const logo = text('set it to the path of an SVG, PNG, JPEG, WebP or GIF file, or to an https address.', value =>
  isLogo(value) ? value : undefined,
);

/** Normalized to six small digits. */
export const color = text('set it to a colour such as #3350c4.', value => {
  const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(value.toLowerCase()) ?? [];
  return digits && `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
});

/** MySQL cuts the roles of a user at 1,024 bytes (group_concat_max_len). */
const MAX_ROLES_LENGTH = 900;

/** Names of roles. */
export const roles = v.pipe(
  listOf('list names of 40 characters or fewer: letters, digits, - and _, such as SUPPORT,BILLING.', value =>
    /^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(value) ? value : undefined,
  ),
  v.check(
    list => list.join().length <= MAX_ROLES_LENGTH,
    `list fewer or shorter names: ${MAX_ROLES_LENGTH} characters at most, with their commas.`,
  ),
);

/** RFC 6265, 4.1.1; a prefix such as `__Host-` is added by the service where it applies. */
export const cookieName = text(
  'set it to letters, digits, - and _ (64 at most), without a prefix such as __Host-.',
  value => (/^(?!__)[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined),
);

const MAX_WORKERS = 64;

const WORKERS_MESSAGE = `set it to a whole number from 1 to ${MAX_WORKERS}, or to auto for one per core.`;

export const workerCount = v.union(
  [
    v.pipe(
      v.literal('auto'),
      v.transform(() => Math.min(availableParallelism(), MAX_WORKERS)),
    ),
    integer(1, MAX_WORKERS, WORKERS_MESSAGE),
  ],
  WORKERS_MESSAGE,
);

/** A key mixed into password hashes. The id is stored beside each hash that needs it. */
export interface Pepper {
  readonly id: string;
  readonly secret: string;
}

const MIN_PEPPER_BYTES = 32;

const PEPPER_MESSAGE = 'list keys as k2:SECRET,k1:SECRET, newest first, each with its own id.';

export const peppers = v.pipe(
  v.union(
    [v.array(v.object({ id: v.string(), secret: v.string() })), text(PEPPER_MESSAGE, parsePeppers)],
    PEPPER_MESSAGE,
  ),
  // "none" marks a hash without a pepper.
  v.check(list => list.every(({ id }) => /^[A-Za-z0-9_-]{1,16}$/.test(id) && id !== 'none'), PEPPER_MESSAGE),
  v.check(list => new Set(list.map(({ id }) => id)).size === list.length, PEPPER_MESSAGE),
  v.check(
    list => list.every(({ secret }) => Buffer.byteLength(secret) >= MIN_PEPPER_BYTES),
    `each secret needs ${MIN_PEPPER_BYTES} bytes or more; make one with: openssl rand -base64 32`,
  ),
);

function parsePeppers(list: string): Pepper[] {
  return list.split(',').map(entry => {
    const [, id = '', secret = ''] = /^\s*([^:]*):(.*?)\s*$/.exec(entry) ?? [];
    return { id, secret };
  });
}
