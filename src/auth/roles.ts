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

  /** The roles of several users, in alphabetical order, by user id. */
  async ofAll(userIds: readonly string[]): Promise<Map<string, string[]>> {
    const found = await this.em.find(UserRole, { user: { $in: [...userIds] } }, { orderBy: { role: 'asc' } });
    const roles = Map.groupBy(found, ({ user }) => user.id);
    return new Map([...roles].map(([id, rows]) => [id, rows.map(({ role }) => role)]));
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
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    // The rows of the role are locked too: one that another transaction deletes meanwhile is not found.
    const admins = await this.em.find(UserRole, { role: ADMIN }, { lockMode, orderBy: { user: 'asc' } });
    if (admins.length === 0) return false;
    const ids = admins.map(({ user }) => user.id);
    const locked = await this.em.find(User, { id: { $in: ids } }, { lockMode, orderBy: { id: 'asc' }, refresh: true });
    return locked.some(({ id, disabled }) => id !== userId && !disabled);
  }
}
