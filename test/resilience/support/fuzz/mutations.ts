import { NAUGHTY } from '../../../support/hostile-values.ts';

/** Responses may quote the document, so the requests must not contain the text that responses are searched for. */
const naughtyExcept = (unlike: RegExp) => NAUGHTY.filter(text => !unlike.test(text));

const NUMBERS = [0, -1, 1.5, 1e308, -0, 2 ** 53, Number.MIN_VALUE];
const KEYS = ['__proto__', 'constructor', 'prototype', '', 'toString', 'query', 'variables', 'email', '0', 'length'];
const WORDS = `{ } ( ) [ ] : ! = | & @ $ ... "" """ # , query mutation subscription fragment on null true 1 -1 1e999 0x
  profile session login register logout resetPassword requestPasswordReset __typename __schema __type id email token
  user User Session SignedIn SignInResult $email $password @skip(if:true) @include(if:false) @deprecated @x a:profile
  ...on ...F extend schema type input \\ \u0000 \ufeff é 日`.split(/\s+/);

/** Mutates well-formed input in ways that have broken other programs. The same `random` produces the same mutations. */
export class Mutations {
  private readonly naughty: string[];

  constructor(
    private readonly random: Random,
    unlike: RegExp,
  ) {
    this.naughty = naughtyExcept(unlike);
  }

  text(text: string): string {
    const { random } = this;
    const at = random.below(text.length + 1);
    const to = at + random.below(text.length - at + 1);
    switch (random.below(8)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(at);
      case 2:
        return text.slice(0, at) + text.slice(to);
      case 3:
        return text.slice(0, to) + text.slice(at);
      case 4:
        return text.slice(0, at) + random.of(this.naughty) + text.slice(at);
      case 5:
        return text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
      case 6:
        return text + text.slice(at, to).repeat(random.below(20));
      default:
        return random.of(this.naughty);
    }
  }

  bytes(bytes: Buffer): Buffer {
    const { random } = this;
    const changed = Buffer.from(bytes);
    const at = random.below(bytes.length + 1);
    const to = at + random.below(Math.min(64, bytes.length - at + 1));
    switch (random.below(5)) {
      case 0:
        return changed.subarray(0, at);
      case 1:
        return Buffer.concat([changed.subarray(0, at), changed.subarray(to)]);
      case 2:
        return Buffer.concat([changed.subarray(0, to), changed.subarray(at)]);
      case 3:
        for (let times = 1 + random.below(4); times > 0; times--) {
          const place = random.below(changed.length);
          changed[place] = (changed[place] ?? 0) ^ (1 << random.below(8));
        }
        return changed;
      default:
        for (let index = at; index < to; index++) changed[index] = random.below(256);
        return changed;
    }
  }

  /** A document with tokens removed, inserted, moved and duplicated. */
  document(document: string): string {
    const { random } = this;
    const words = document.match(/\w+|\.{3}|\s+|./gsu) ?? [];
    for (let times = 1 + random.below(4); times > 0; times--) {
      const at = random.below(words.length + 1);
      const some = words.slice(at, at + 1 + random.below(8));
      const change = random.below(5);
      if (change === 0) words.splice(at, some.length);
      else if (change === 1) words.splice(at, 0, ...some);
      else if (change === 2) words.splice(at, 1, random.of(WORDS));
      else if (change === 3) words.splice(at, 0, ' ', random.of(WORDS), ' ');
      else words.splice(random.below(words.length + 1), 0, ...words.splice(at, some.length));
    }
    return random.chance(0.1) ? this.text(words.join('')) : words.join('');
  }

  /** A JSON value with one of its parts, or all of it, replaced. */
  json(value: unknown): unknown {
    const { random } = this;
    if (typeof value !== 'object' || value === null || random.chance(0.15)) return this.leaf(value);
    const entries: [string, unknown][] = Object.entries(value);
    const at = random.below(entries.length);
    const [key, part] = entries[at] ?? ['', null];
    const change = random.below(6);
    if (change === 0) entries.splice(at, 1);
    else if (change === 1) entries[at] = [random.of(KEYS), part];
    else if (change === 2) entries.push([random.of(KEYS), this.leaf(part)]);
    else entries[at] = [key, this.json(part)];
    return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
  }

  private leaf(value: unknown): unknown {
    const { random } = this;
    switch (random.below(9)) {
      case 0:
        return null;
      case 1:
        return random.chance(0.5);
      case 2:
        return random.of(NUMBERS);
      case 3:
        return [value];
      case 4:
        return { [random.of(KEYS)]: value };
      case 5:
        return nested(value, random.below(40));
      case 6:
        return random.of(this.naughty);
      default:
        return this.text(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
}

const nested = (value: unknown, levels: number): unknown => (levels === 0 ? value : [nested(value, levels - 1)]);

/** A reproducible random generator: the same seed yields the same choices. Mulberry32. */
export class Random {
  constructor(private state: number) {}

  /** A number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
