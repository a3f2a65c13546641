import { ConfigError } from '../../src/config.ts';
import { readConfig } from '../../src/read-config.ts';
import type { Environment } from '../../src/settings.ts';

/** Of the length that is asked for. */
export const SECRET = 'Zm9yIHRlc3RzIG9ubHksIGFuZCBub3doZXJlIGVsc2U';

/** Settings of a service that the world reaches. */
export const PUBLIC = {
  HOST: '0.0.0.0',
  PUBLIC_URL: 'https://auth.example.org',
  SMTP_URL: 'smtps://user:secret@mail.example.org',
  MAIL_FROM: 'Example <no-reply@example.org>',
};

/** Why these settings are refused: nothing when they are good. */
export function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
