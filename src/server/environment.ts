import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Config, ConfigError } from '../config.ts';
import { readConfig } from '../read-config.ts';
import type { Environment } from '../settings.ts';

/** The settings of this machine: the environment, and what `.env` in the working directory adds to it. */
export function readSettings(): Config {
  return readConfig({ ...dotEnv(), ...process.env });
}

function dotEnv(): Environment {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(['.env: the file cannot be read; check what it is, and who may read it.']);
  }
}
