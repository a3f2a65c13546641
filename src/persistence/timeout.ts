import { ConnectionException } from '@mikro-orm/core';

/** The database did not respond in time. */
export class TimeoutError extends ConnectionException {
  constructor() {
    super(new Error('no response in time'));
    this.code = 'TIMEOUT';
  }
}

/** Rejects with TimeoutError after `ms` milliseconds. The work itself is not cancelled. */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TimeoutError()), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
