import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { User } from './user.entity.ts';

@Entity({ tableName: 'sessions' })
export class Session {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: true })
  user!: User;

  /** SHA-256 of the token, in lower-case hex. The token itself is not stored. */
  @Property({ type: 'character', length: 64, unique: true })
  tokenHash!: string;

  @Property({ type: 'integer' })
  credentialVersion!: number;

  /** False: the session's cookie has no Max-Age and ends with the browser. */
  @Property({ type: 'boolean' })
  persistent!: boolean;

  @Property({ type: Instant })
  createdAt!: Date;

  /** The last proof of identity: the sign-in, or a confirmation of the password since. */
  @Property({ type: Instant, default: 0 })
  authenticatedAt!: Date;

  /** Written at most once a minute. */
  @Property({ type: Instant })
  lastUsedAt!: Date;

  /** The absolute end, which using the session does not extend. */
  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;

  @Property({ type: 'string', length: 45, nullable: true })
  ipAddress: string | null = null;

  @Property({ type: 'string', length: 255, nullable: true })
  userAgent: string | null = null;
}
