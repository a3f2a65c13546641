import type { EntityMetadata, EntityProperty, MikroORM } from '@mikro-orm/sql';
import { isUuid } from '../core/uuid.ts';

/** A cell in an export. Points in time are milliseconds since 1970. */
export type Value = string | number | boolean | null;

export type Row = Record<string, Value>;

/** A table, derived from its entity. */
export interface Table {
  readonly name: string;
  /** The column of the primary key. */
  readonly key: string;
  readonly columns: readonly Column[];
}

interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** Maximum, in code points. */
  readonly length: number;
  readonly nullable: boolean;
}

type Kind = 'uuid' | 'character' | 'string' | 'boolean' | 'integer' | 'bigint';

/** The tables of all entities: referenced tables first, otherwise by name. */
export function tablesOf(orm: MikroORM): Table[] {
  const unsorted = [...orm.getMetadata().getAll().values()].sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
  const sorted: EntityMetadata[] = [];
  while (unsorted.length > 0) {
    const next = unsorted.findIndex(meta =>
      parentsOf(meta).every(parent => sorted.some(({ tableName }) => tableName === parent)),
    );
    if (next < 0) throw new Error('tables refer to each other in a cycle');
    sorted.push(...unsorted.splice(next, 1));
  }
  return sorted.map(tableOf);
}

const parentsOf = ({ props }: EntityMetadata) => props.flatMap(({ targetMeta }) => targetMeta?.tableName ?? []);

function tableOf(meta: EntityMetadata): Table {
  const columns = meta.props.filter(({ persist }) => persist !== false).map(columnOf);
  const key = columnOf(meta.getPrimaryProp());
  if (key.kind !== 'uuid' && key.kind !== 'character')
    throw new Error(`${meta.tableName} has a key whose sort order depends on the database`);
  return { name: meta.tableName, key: key.name, columns };
}

const KINDS = new Map<string, Kind>([
  ['uuid', 'uuid'],
  ['character', 'character'],
  ['string', 'string'],
  ['boolean', 'boolean'],
  ['integer', 'integer'],
  ['JsonText', 'string'],
  ['Instant', 'bigint'],
  ['BigIntType', 'bigint'],
]);

function columnOf(property: EntityProperty): Column {
  const { fieldNames, nullable = false, targetMeta } = property;
  const { type, length = 0 } = targetMeta?.getPrimaryProp() ?? property;
  const [name] = fieldNames;
  const kind = KINDS.get(type);
  if (!name || fieldNames.length > 1 || !kind)
    throw new Error(`the export does not support columns such as ${property.name}`);
  return { name, kind, length, nullable };
}

/** The cell as it is exported: SQLite and MySQL return booleans as 0 and 1. */
export function readCell({ kind }: Column, cell: unknown): Value {
  return kind === 'boolean' && (cell === 0 || cell === 1) ? cell === 1 : (cell as Value);
}

const HEX = /^[0-9a-f]*$/;
const INT32 = 2 ** 31;

/** Why some database cannot store the value in the column; undefined when all can. */
export function cellIssue({ kind, length, nullable }: Column, value: unknown): string | undefined {
  if (value === null) return nullable ? undefined : 'is missing';
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    case 'integer':
      return isInteger(value) && value >= -INT32 && value < INT32 ? undefined : 'is not a 32-bit integer';
    case 'bigint':
      return isInteger(value) ? undefined : 'is not an integer below 2^53';
    default:
      return typeof value === 'string' ? textIssue(kind, length, value) : 'is not a string';
  }
}

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value) && !Object.is(value, -0);

function textIssue(kind: Kind, length: number, text: string): string | undefined {
  if (kind === 'uuid') return isUuid(text) ? undefined : 'is not a lower-case UUID';
  // Hex and UUIDs sort the same under every collation.
  if (kind === 'character') return text.length === length && HEX.test(text) ? undefined : `is not ${length} hex digits`;
  if (text.includes('\0')) return 'contains a NUL, which PostgreSQL cannot store';
  if (!text.isWellFormed()) return 'contains half of a surrogate pair';
  // Databases count code points, JavaScript counts UTF-16 units.
  const tooLong = text.length > length && [...text].length > length;
  return tooLong ? `is longer than ${length} characters` : undefined;
}
