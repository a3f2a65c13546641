import type { EntityProperty, MetadataStorage } from '@mikro-orm/core';
import type { Database } from '../persistence/database.ts';
import { PUBLIC_SESSION_FIELDS, PUBLIC_USER_FIELDS, type PublicSession, type PublicUser } from './projection.ts';
import { Session } from './session.entity.ts';
import { User } from './user.entity.ts';

export type Row = Record<string, unknown>;

/** The columns of one entity in the query's row, and how to read them. */
interface Columns<Values> {
  /** `s.created_at as s_created_at`, … */
  readonly select: string[];
  read(row: Row): Values;
}

/**
 * The one query that every request with a session runs: session and user joined by the token's hash. A session from
 * before the user's last change of credentials has no row here, from that commit on and on every replica.
 */
export function sessionQuery({ orm, kind }: Pick<Database, 'orm' | 'kind'>, condition = '= ?'): string {
  const { session, user } = sessionColumns(orm.getMetadata());
  const roles = kind === 'postgresql' ? `string_agg(r.role, ',')` : 'group_concat(r.role)';
  return `
  select s.token_hash, ${[...session.select, ...user.select].join(', ')},
    (select ${roles} from user_roles r where r.user_id = u.id) as u_roles
  from sessions s join users u on u.id = s.user_id and u.credential_version = s.credential_version
  where s.token_hash ${condition}`;
}

export function sessionColumns(metadata: MetadataStorage): {
  session: Columns<PublicSession>;
  user: Columns<PublicUser>;
} {
  const { select, read } = columns<PublicUser>(metadata, { entity: User, alias: 'u', fields: PUBLIC_USER_FIELDS });
  return {
    session: columns(metadata, { entity: Session, alias: 's', fields: PUBLIC_SESSION_FIELDS }),
    user: { select, read: row => Object.assign(read(row), { roles: rolesIn(row.u_roles) }) },
  };
}

/** Most users have none. */
const rolesIn = (list: unknown): readonly string[] => (list ? String(list).split(',').sort() : NO_ROLES);

const NO_ROLES: readonly string[] = Object.freeze([]);

interface Source {
  entity: new () => object;
  alias: string;
  fields: readonly string[];
}

function columns<Values>(metadata: MetadataStorage, { entity, alias, fields }: Source): Columns<Values> {
  const { properties } = metadata.get(entity) as { properties: Record<string, EntityProperty> };
  const known = fields.map(field => {
    const { fieldNames, type } = properties[field] as EntityProperty;
    return { field, column: String(fieldNames[0]), key: `${alias}_${fieldNames[0]}`, read: READERS[type] ?? asIs };
  });
  return {
    select: known.map(({ column, key }) => `${alias}.${column} as ${key}`),
    read(row) {
      const values: Record<string, unknown> = {};
      for (const { field, key, read } of known) values[field] = read(row[key]);
      return values as Values;
    },
  };
}

const asIs = (value: unknown) => value;

/** Converts values that drivers return in another form than the entity's. */
const READERS: Record<string, (value: unknown) => unknown> = {
  Instant: value => (value === null ? null : new Date(Number(value))),
  boolean: Boolean,
};
