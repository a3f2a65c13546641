import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { type JsonObject, JsonText, MAX_JSON_LENGTH } from '../persistence/json-text.ts';

/** A mail to be sent. It holds no secret: the token of a link is created when the mail is sent. */
@Entity({ tableName: 'outbox' })
export class OutboxMail {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** The template that renders the mail when it is sent. */
  @Property({ type: 'string', length: 40 })
  kind!: string;

  /** For a reset the canonical address that was entered, registered or not; for a notice the stored address. */
  @Index()
  @Property({ type: 'string', length: 254 })
  address!: string;

  /** Values for the template. */
  @Property({ type: JsonText, length: MAX_JSON_LENGTH, nullable: true })
  payload: JsonObject | null = null;

  @Property({ type: Instant })
  createdAt!: Date;

  @Property({ type: 'integer' })
  attempts = 0;

  /** Time of the next attempt; null once given up. A worker claims the mail by moving this forward. */
  @Index()
  @Property({ type: Instant, nullable: true })
  dueAt: Date | null = null;
}
