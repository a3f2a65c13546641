import { LockMode } from '@mikro-orm/core';
import type { Clock } from '../core/clock.ts';
import { uuidV7 } from '../core/node.ts';
import type { EntityManager } from '../persistence/database.ts';
import { type EmailAddress, mailableAddress } from './email-address.ts';
import { searchForm } from './search-form.ts';
import { User } from './user.entity.ts';

export interface NewUser {
  address: EmailAddress;
  name: string | null;
  passwordHash: string | null;
  /** BCP 47 tag. */
  locale: string | null;
}

/** The columns that a known-device cookie is signed with. */
export type DeviceOwner = Pick<User, 'id' | 'credentialVersion' | 'passwordHash'>;

type StoredAddress = Pick<User, 'id' | 'email' | 'canonicalEmail'>;

/** Rows that a scan of the whole table reads at once. */
const PAGE_SIZE = 1000;

/** Owns the queries on `users`. */
export class Users {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
  ) {}

  /** Adds a user, without a flush. */
  create({ address, name, passwordHash, locale }: NewUser): User {
    return this.em.create(User, {
      id: uuidV7(),
      email: address.address,
      canonicalEmail: address.canonical,
      name,
      searchName: searchForm(name),
      locale,
      passwordHash,
      credentialVersion: 1,
      createdAt: this.clock.now(),
      disabled: false,
    });
  }

  findByEmail(canonicalEmail: string): Promise<User | null> {
    return this.em.findOne(User, { canonicalEmail });
  }

  findById(id: string): Promise<User | null> {
    return this.em.findOne(User, { id });
  }

  /** Reads only these columns, since it runs before the attempt is counted and thus for refused attempts too. */
  async findDeviceOwner(canonicalEmail: string): Promise<DeviceOwner | undefined> {
    const query = this.em.createQueryBuilder(User).select(['id', 'credentialVersion', 'passwordHash']);
    return (await query.where({ canonicalEmail }).execute<DeviceOwner | undefined>('get')) ?? undefined;
  }

  /** Newest by primary key, whose values ascend with time. */
  async findNewestPasswordHashes(limit: number): Promise<string[]> {
    const newest = await this.em.fork().find(User, {}, { fields: ['passwordHash'], orderBy: { id: 'desc' }, limit });
    return newest.flatMap(({ passwordHash }) => passwordHash ?? []);
  }

  /**
   * Users who cannot receive mail, because their stored address does not parse to their canonical one. Reads all users,
   * in pages.
   */
  async *findUnmailable(): AsyncGenerator<StoredAddress> {
    const fields = ['id', 'email', 'canonicalEmail'] as const;
    let last: string | undefined;
    for (;;) {
      const after = last === undefined ? {} : { id: { $gt: last } };
      const em = this.em.fork();
      const page = await em.find(User, after, { fields, orderBy: { id: 'asc' }, limit: PAGE_SIZE });
      yield* page.filter(user => mailableAddress(user) === null);
      last = page.at(-1)?.id;
      if (last === undefined) return;
    }
  }

  /** Whether the user was created in this unit of work and is not in the database yet. */
  isNew(user: User): boolean {
    return this.em.getUnitOfWork().getPersistStack().has(user);
  }

  /**
   * Locks the row until the transaction ends: sign-ins and changes of credentials of one user take turns. False when the
   * user has been deleted, or the credentials have been changed since the user was read.
   */
  async lock({ id, credentialVersion }: User): Promise<boolean> {
    const query = this.em.createQueryBuilder(User).select('id').where({ id, credentialVersion });
    return Boolean(await query.setLockMode(LockMode.PESSIMISTIC_WRITE).execute('get'));
  }

  /** Locks the row as `lock` does, and reads it as it is now. Null for an unknown id. */
  findLocked(id: string): Promise<User | null> {
    return this.em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  }

  /** Deletes the user, and by their foreign keys the roles, sessions and tokens. */
  async delete({ id }: User): Promise<void> {
    await this.em.nativeDelete(User, { id });
  }

  /** Sets an address whose owner has just proved to receive its mail, without a flush. */
  setProvenEmail(user: User, { address, canonical }: EmailAddress): void {
    user.email = address;
    user.canonicalEmail = canonical;
    user.emailVerifiedAt = this.clock.now();
  }

  /**
   * Replaces a password hash if it is still the stored one: a concurrent change of the password wins.
   * Only this column is refreshed, so that no other concurrent change affects the sign-in.
   */
  async replacePasswordHash(user: User, passwordHash: string): Promise<void> {
    await this.em.nativeUpdate(User, { id: user.id, passwordHash: user.passwordHash }, { passwordHash });
    await this.em.refresh(user, { fields: ['passwordHash'] });
  }

  /** Sets what the account shows of its owner, without a flush. */
  setProfile(user: User, { name, locale }: Pick<NewUser, 'name' | 'locale'>): void {
    Object.assign(user, { name, searchName: searchForm(name), locale });
  }

  /** Ends the validity of every session and token of the user with the next flush, on every replica. */
  bumpCredentialVersion(user: User): void {
    user.credentialVersion += 1;
  }
}
