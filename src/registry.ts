import type { Constructor } from '@mikro-orm/core';
import type { Feature } from './feature.ts';
import { features } from './features.ts';
import { mailPersonalData } from './mail/mail.personal-data.ts';
import { OutboxMail } from './mail/outbox.entity.ts';
import { RateLimitCounter } from './rate-limits/rate-limit.entity.ts';

const registered: Feature[] = Object.values(features);

/** Every table: those of the features, and the shared ones. */
export const entities = [...registered.flatMap(({ entities = [] }) => entities), OutboxMail, RateLimitCounter];

/** What all tables hold about people, for their owners' exports. */
export const personalData = [...registered.flatMap(({ personalData = [] }) => personalData), mailPersonalData];

/** The tables without a reference to an account: counters hold hashes of what they count. */
export const withoutPersonalData = [RateLimitCounter];

/** Imports every resolver class. */
export async function loadResolvers(): Promise<Constructor[]> {
  return (await Promise.all(registered.map(({ loadResolvers }) => loadResolvers?.() ?? []))).flat();
}

/** Every kind of mail. */
export const mailTemplates = registered.flatMap(({ mails = [] }) => mails);

/** Every HTTP route of the features. */
export const featureRoutes: Required<Feature>['routes'] = contextOf =>
  registered.flatMap(({ routes }) => routes?.(contextOf) ?? []);

/** Every table whose rows expire. */
export const cleanupRules = [
  ...registered.flatMap(({ cleanup = [] }) => cleanup),
  { entity: RateLimitCounter, key: 'key', expiresAt: 'resetsAt' },
];
