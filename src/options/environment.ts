import { readFileSync } from 'node:fs';
import { finish, OPTIONS, type Options } from '../options.ts';
import { OptionsCheck } from './define.ts';
import { misspeltNames, nameAdvice } from './misspelt-names.ts';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Key = keyof Options;

const KEYS = Object.keys(OPTIONS) as Key[];

/**
 * Reads and checks the options in environment variables. An empty variable counts as missing, as compose files write it.
 * `NAME_FILE` names a file that contains the value.
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
    return Object.fromEntries(KEYS.map(key => [key, this.textOf(OPTIONS[key].env)]));
  }

  private textOf(name: string): string | undefined {
    const text = this.environment[name] || undefined;
    const path = this.environment[`${name}_FILE`];
    if (!path) return text;
    if (text !== undefined) this.issues.push(`${name}: set twice; set either it or ${name}_FILE.`);
    return this.textFrom(path, `${name}_FILE`);
  }

  /** A line break at the end of a file is not part of a secret. */
  private textFrom(path: string, name: string): string | undefined {
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

/** Every unknown name with our prefix is a mistake, even an empty one; of the others, those that resemble a setting. */
function unknownNames(environment: Environment): string[] {
  const given = Object.keys(environment).filter(name => environment[name] !== undefined);
  const misspelt = misspeltNames(given, NAMES);
  return given
    .filter(name => misspelt.has(name) || (name.startsWith('BIENVENUE_') && !KNOWN.has(name)))
    .map(name => `${name}: there is no such setting; ${nameAdvice(misspelt.get(name))}`);
}
