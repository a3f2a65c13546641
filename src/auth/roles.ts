import { LockMode } from '@mikro-orm/core';
import { uuidV7 } from '../core/node.ts';
import type { EntityManager } from '../persistence/database.ts';
import { User } from './user.entity.ts';
import { UserRole } from './user-role.entity.ts';

/** The role of administrators, which exists in every installation. */
export const ADMIN = 'ADMIN';

/** Owns the queries on `user_roles`. */
export class Roles {
  constructor(private readonly em: EntityManager) {}

  /** The roles of one user, in alphabetical order. */
  async of(userId: string): Promise<string[]> {
    const found = await this.em.find(UserRole, { user: userId });
    return found.map(({ role }) => role).sort();
  }

  /** Replaces the roles of a user. Call it inside a transaction. */
  async replace(userId: string, roles: readonly string[]): Promise<void> {
    await this.em.nativeDelete(UserRole, { user: userId });
    const rows = roles.map(role => ({ id: uuidV7(), role, user: userId }));
    if (rows.length > 0) await this.em.insertMany(UserRole, rows);
  }

  /**
   * Whether another administrator can sign in. Locks all administrators until the transaction ends, in one order, so that
   * of two who remove each other at once the second one is refused. Call it before `users.lock`, for the same order.
   */
  async hasOtherAdmin(userId: string): Promise<boolean> {
    const admins = await this.em.find(UserRole, { role: ADMIN }, { orderBy: { user: 'asc' }, fields: ['user'] });
    const ids = admins.map(({ user }) => user.id);
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' }, refresh: true } as const;
    const locked = await this.em.find(User, { id: { $in: ids } }, options);
    return locked.some(({ id, disabled }) => id !== userId && !disabled);
  }
}
