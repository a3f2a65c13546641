import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { User } from './user.entity.ts';

@Entity({ tableName: 'sessions' })
export class Session {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: true })
  user!: User;

  /** SHA-256 of the token, in lower-case hex. The token itself is nowhere. */
  @Property({ type: 'character', length: 64, unique: true })
  tokenHash!: string;

  @Property({ type: 'integer' })
  credentialVersion!: number;

  /** False: a cookie without Max-Age. */
  @Property({ type: 'boolean' })
  persistent!: boolean;

  @Property({ type: Instant })
  createdAt!: Date;

  /** Up to a minute late. */
  @Property({ type: Instant })
  lastUsedAt!: Date;

  /** The absolute end, which use does not move. */
  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;

  @Property({ type: 'string', length: 45, nullable: true })
  ipAddress: string | null = null;

  @Property({ type: 'string', length: 255, nullable: true })
  userAgent: string | null = null;
}
