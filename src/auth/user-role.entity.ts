import { Entity, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { User } from './user.entity.ts';

/** A role that a user has. */
@Entity({ tableName: 'user_roles' })
@Unique({ properties: ['user', 'role'] })
@Index({ properties: ['role', 'user'] })
export class UserRole {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'string', length: 40 })
  role!: string;

  @ManyToOne({ entity: () => User, deleteRule: 'cascade', index: false })
  user!: User;
}
