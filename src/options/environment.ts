import { readFileSync } from 'node:fs';
import { finish, OPTIONS, type Options } from '../options.ts';
import { OptionsCheck } from './define.ts';
import { misspeltNames, nameAdvice } from './misspelt-names.ts';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Key = keyof Options;

const KEYS = Object.keys(OPTIONS) as Key[];

/**
 * Reads and checks the options in environment variables. An empty variable counts as missing, since compose files pass
 * those. `NAME_FILE` names a file that contains the value.
 * @throws ConfigError with every issue, each with the name of the variable
 */
export function optionsFromEnvironment(environment: Environment): Options {
  const reader = new EnvironmentReader(environment);
  const check = new OptionsCheck(OPTIONS, reader.input(), key => OPTIONS[key].env);
  return finish(check, { unknown: [...reader.issues, ...unknownNames(environment)] });
}

class EnvironmentReader {
  readonly issues: string[] = [];

  constructor(private readonly environment: Environment) {}

  input(): Partial<Record<Key, string>> {
    return Object.fromEntries(KEYS.map(key => [key, this.read(OPTIONS[key].env)]));
  }

  private read(name: string): string | undefined {
    const value = this.environment[name] || undefined;
    const path = this.environment[`${name}_FILE`];
    if (!path) return value;
    if (value !== undefined) this.issues.push(`${name}: set twice; set either it or ${name}_FILE.`);
    return this.readFile(path, `${name}_FILE`);
  }

  /** A line break at the end of a file is not part of a secret. */
  private readFile(path: string, name: string): string | undefined {
    try {
      const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (text !== '') return text;
      this.issues.push(`${name}: the file is empty; write the value into it, or remove the setting.`);
    } catch {
      this.issues.push(`${name}: the file cannot be read; check the path and its permissions.`);
    }
    return undefined;
  }
}

const NAMES = KEYS.map(key => OPTIONS[key].env);
const KNOWN = new Set(NAMES.flatMap(name => [name, `${name}_FILE`]));

/** Refuses unknown names that start with BIENVENUE_, even without a value, and others that resemble a setting. */
function unknownNames(environment: Environment): string[] {
  const names = Object.keys(environment).filter(name => environment[name] !== undefined);
  const misspelt = misspeltNames(names, NAMES);
  return names
    .filter(name => misspelt.has(name) || (name.startsWith('BIENVENUE_') && !KNOWN.has(name)))
    .map(name => `${name}: there is no such setting; ${nameAdvice(misspelt.get(name))}`);
}
