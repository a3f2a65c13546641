import { Session } from './auth/session.entity.ts';
import { Token } from './auth/token.entity.ts';
import { User } from './auth/user.entity.ts';
import { OutboxMail } from './mail/outbox.entity.ts';
import { Limit } from './ports/limit.entity.ts';

/** Every table. */
export const entities = [User, Session, Token, OutboxMail, Limit];
