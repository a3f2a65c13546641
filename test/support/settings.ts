import { ConfigError } from '../../src/options/define.ts';
import type { Environment } from '../../src/options/environment.ts';
import { optionsFromEnvironment } from '../../src/options/environment.ts';

/** Long enough to be accepted. */
export const SECRET = 'Zm9yIHRlc3RzIG9ubHksIGFuZCBub3doZXJlIGVsc2U';

/** Settings of a public service. */
export const PUBLIC = {
  HOST: '0.0.0.0',
  PUBLIC_URL: 'https://auth.example.org',
  SMTP_URL: 'smtps://user:secret@mail.example.org',
  MAIL_FROM: 'Example <no-reply@example.org>',
};

/** The issues for which these settings are refused; empty when they are valid. */
export function issuesOf(environment: Environment): readonly string[] {
  try {
    optionsFromEnvironment(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}
