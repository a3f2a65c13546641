import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { type JsonObject, JsonText, MAX_JSON_LENGTH } from '../persistence/json-text.ts';
import { User } from './user.entity.ts';

@Entity({ tableName: 'tokens' })
export class Token {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** Null for a token that does not depend on the credentials of an account. */
  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: true, nullable: true })
  user: User | null = null;

  /** What the token permits. A token of one purpose is useless for another. */
  @Property({ type: 'string', length: 40 })
  purpose!: string;

  /** SHA-256 of the token, in lower-case hex. The token itself is only in the mail. */
  @Property({ type: 'character', length: 64, unique: true })
  tokenHash!: string;

  /** The user's version when the token was issued; 0 without a user. */
  @Property({ type: 'integer' })
  credentialVersion!: number;

  @Property({ type: JsonText, length: MAX_JSON_LENGTH, nullable: true })
  data: JsonObject | null = null;

  @Property({ type: Instant })
  createdAt!: Date;

  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;
}
