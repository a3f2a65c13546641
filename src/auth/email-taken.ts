import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { AuthError } from '../core/errors.ts';

/**
 * Runs a transaction that saves an address. The unique index decides, because two concurrent ones would both pass a
 * lookup. Throws EMAIL_TAKEN.
 */
export async function orEmailTaken<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw new AuthError('EMAIL_TAKEN', { cause: error });
    throw error;
  }
}
