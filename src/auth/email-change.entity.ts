import { Entity, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Instant } from '../persistence/instant.ts';
import { User } from './user.entity.ts';

/** A requested or finished change of an account's address. */
@Entity({ tableName: 'email_changes' })
@Unique({ properties: ['user', 'number'] })
export class EmailChange {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: false })
  user!: User;

  /** Counts the user's requests: only the newest can be confirmed, whatever the clocks of two replicas say. */
  @Property({ type: 'integer' })
  number!: number;

  /** The user's version at the request. A change of credentials ends a change that is not confirmed yet. */
  @Property({ type: 'integer' })
  credentialVersion!: number;

  @Property({ type: 'string', length: 254 })
  oldEmail!: string;

  /** Reserved for the user while a finished change can be taken back. */
  @Index()
  @Property({ type: 'string', length: 254 })
  oldCanonicalEmail!: string;

  @Property({ type: 'string', length: 254 })
  newEmail!: string;

  @Property({ type: Instant })
  createdAt!: Date;

  /** When the new address was confirmed; null before. */
  @Property({ type: Instant, nullable: true })
  changedAt: Date | null = null;

  /** Until then the change can be taken back. */
  @Index()
  @Property({ type: Instant })
  expiresAt!: Date;
}
