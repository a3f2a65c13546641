import { Session } from '../auth/session.entity.ts';
import { Token } from '../auth/token.entity.ts';
import { User } from '../auth/user.entity.ts';
import { OutboxMail } from '../mail/outbox.entity.ts';
import { RateLimitCounter } from '../rate-limits/rate-limit.entity.ts';

/** Every table. */
export const entities = [User, Session, Token, OutboxMail, RateLimitCounter];
