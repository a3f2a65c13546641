import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';

@Entity({ tableName: 'users' })
export class User {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** As the owner typed it: mail goes here. */
  @Property({ type: 'string', length: 254 })
  email!: string;

  /** Identifies the account; see parseEmail. */
  @Property({ type: 'string', length: 254, unique: true })
  canonicalEmail!: string;

  @Property({ type: 'string', length: 200, nullable: true })
  name: string | null = null;

  /** Null for an account without a password. */
  @Property({ type: 'string', length: 255, nullable: true })
  passwordHash: string | null = null;

  /** Sessions and tokens carry the version under which they were issued: incrementing it invalidates all of them. */
  @Property({ type: 'integer' })
  credentialVersion = 1;

  @Property({ type: Instant, nullable: true })
  emailVerifiedAt: Date | null = null;

  @Property({ type: Instant })
  createdAt!: Date;
}
