import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from '../options/define.ts';
import { type Environment, optionsFromEnvironment } from '../options/environment.ts';
import type { Options } from '../options.ts';

/** The options of this machine: the environment, completed by `.env` in the working directory. */
export function loadOptions(): Options {
  return optionsFromEnvironment({ ...readDotEnv(), ...process.env });
}

function readDotEnv(): Environment {
  try {
    const bytes = readFileSync('.env');
    // The decoder skips a byte order mark, and throws where the file is UTF-16 or another encoding.
    return parseEnv(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new ConfigError(['.env: not UTF-8; save it as UTF-8.']);
    throw new ConfigError(['.env: the file cannot be read; check what it is and its permissions.']);
  }
}
