import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { User } from './user.entity.ts';

/** What a one-time token opens. A token of one purpose is useless for another. */
export type TokenPurpose = 'reset-password';

@Entity({ tableName: 'tokens' })
export class Token {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: true })
  user!: User;

  @Property({ type: 'string', length: 40 })
  purpose!: TokenPurpose;

  /** SHA-256 of the token, in lower-case hex. The token itself is only in the mail. */
  @Property({ type: 'character', length: 64, unique: true })
  tokenHash!: string;

  @Property({ type: 'integer' })
  credentialVersion!: number;

  @Property({ type: Instant })
  createdAt!: Date;

  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;
}
