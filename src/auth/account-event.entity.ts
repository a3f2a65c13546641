import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';

/** Something that happened to an account. Rows are never changed, except that those of a deleted account lose the person. */
@Entity({ tableName: 'account_events' })
@Index({ properties: ['userId', 'id'] })
@Index({ properties: ['actorId', 'id'] })
@Index({ properties: ['type', 'id'] })
export class AccountEvent {
  /** Ascends with time. */
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** An AccountEventType. */
  @Property({ type: 'string', length: 40 })
  type!: string;

  @Property({ type: Instant })
  at!: Date;

  /** Null when the account is deleted, or when a sign-in failed for an address without an account. */
  @Property({ type: 'uuid', nullable: true })
  userId: string | null = null;

  /** An EventActor. */
  @Property({ type: 'string', length: 10 })
  actor!: string;

  /** The administrator who acted on another user's account. */
  @Property({ type: 'uuid', nullable: true })
  actorId: string | null = null;

  @Property({ type: 'string', length: 45, nullable: true })
  ipAddress: string | null = null;

  @Property({ type: 'string', length: 255, nullable: true })
  userAgent: string | null = null;

  /** The request in the log. */
  @Property({ type: 'string', length: 64 })
  requestId!: string;

  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;
}
