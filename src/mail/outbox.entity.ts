import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';

/** Which mail it is; its words are written when it is sent. */
export type MailKind = 'reset-password' | 'password-changed';

/** A mail that waits to be sent. It holds no secret: the token of a link is made when the mail goes out. */
@Entity({ tableName: 'outbox' })
export class OutboxMail {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'string', length: 40 })
  kind!: MailKind;

  /** For a reset the canonical address that was asked about, known or not; for a notice the stored one it goes to. */
  @Property({ type: 'string', length: 254 })
  address!: string;

  @Property({ type: Instant })
  createdAt!: Date;

  @Property({ type: 'integer' })
  attempts = 0;

  /** When to try next. A worker that takes the mail moves it on, so that no second one takes it; null once given up. */
  @Index()
  @Property({ type: Instant, nullable: true })
  dueAt: Date | null = null;
}
