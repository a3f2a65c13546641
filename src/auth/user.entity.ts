import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';

/** PostgreSQL's bytewise collation. With it, a search by prefix is a range of the column's index. */
const BYTEWISE = 'C';

@Entity({ tableName: 'users' })
@Index({ properties: ['disabled', 'id'] })
export class User {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  /** As the owner typed it: mail goes here. */
  @Property({ type: 'string', length: 254 })
  email!: string;

  /** Identifies the account; see parseEmail. */
  @Property({ type: 'string', length: 254, unique: true, collation: BYTEWISE })
  canonicalEmail!: string;

  @Property({ type: 'string', length: 200, nullable: true })
  name: string | null = null;

  /** The name in the form that administrators search by; see searchForm. */
  @Index()
  @Property({ type: 'string', length: 200, nullable: true, collation: BYTEWISE })
  searchName: string | null = null;

  /** BCP 47 tag of the language that mails are written in. */
  @Property({ type: 'string', length: 35, nullable: true })
  locale: string | null = null;

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

  @Property({ type: Instant, nullable: true })
  lastSignInAt: Date | null = null;

  /** True while `disabledAt` is set: an index on both finds a page of enabled or disabled users. */
  @Property({ type: 'boolean' })
  disabled = false;

  @Property({ type: Instant, nullable: true })
  disabledAt: Date | null = null;

  @Property({ type: 'string', length: 500, nullable: true })
  disabledReason: string | null = null;
}
