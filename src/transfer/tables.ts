import type { EntityMetadata, EntityProperty, MikroORM } from '@mikro-orm/sql';

/** What a cell holds on its way from one database to another. Points in time are milliseconds since 1970. */
export type Value = string | number | boolean | null;

export type Row = Record<string, Value>;

/** A table as the entities have it. */
export interface Table {
  readonly name: string;
  /** The column of the primary key. */
  readonly key: string;
  readonly columns: readonly Column[];
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** In characters. */
  readonly length: number;
  readonly nullable: boolean;
}

type Kind = 'uuid' | 'character' | 'string' | 'boolean' | 'integer' | 'bigint';

/** Every table that MikroORM knows, those that others refer to first, else by name: in one order, whatever the engine. */
export function tablesOf(orm: MikroORM): Table[] {
  const waiting = [...orm.getMetadata().getAll().values()].sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
  const sorted: EntityMetadata[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(meta =>
      parentsOf(meta).every(parent => sorted.some(({ tableName }) => tableName === parent)),
    );
    if (next < 0) throw new Error('tables refer to each other in a circle');
    sorted.push(...waiting.splice(next, 1));
  }
  return sorted.map(tableOf);
}

const parentsOf = ({ props }: EntityMetadata) => props.flatMap(({ targetMeta }) => targetMeta?.tableName ?? []);

function tableOf(meta: EntityMetadata): Table {
  const columns = meta.props.filter(({ persist }) => persist !== false).map(columnOf);
  const key = columnOf(meta.getPrimaryProp());
  if (key.kind !== 'uuid' && key.kind !== 'character') throw new Error(`${meta.tableName} has a key without an order`);
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
  if (!name || fieldNames.length > 1 || !kind) throw new Error(`nobody knows how to move ${property.name}`);
  return { name, kind, length, nullable };
}

/** The cell as every engine would have it: SQLite and MySQL know no truth, only one and nought. */
export function readCell({ kind }: Column, cell: unknown): Value {
  return kind === 'boolean' && (cell === 0 || cell === 1) ? cell === 1 : (cell as Value);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = /^[0-9a-f]*$/;
const INT32 = 2 ** 31;

/** Why not every database could keep this value in the column; nothing when each of them can. */
export function faultOf({ kind, length, nullable }: Column, value: unknown): string | undefined {
  if (value === null) return nullable ? undefined : 'is missing';
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    case 'integer':
      return isWhole(value) && value >= -INT32 && value < INT32 ? undefined : 'is no whole number of 32 bits';
    case 'bigint':
      return isWhole(value) ? undefined : 'is no whole number below 2^53';
    default:
      return typeof value === 'string' ? faultOfText(kind, length, value) : 'is no text';
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && !Object.is(value, -0);

function faultOfText(kind: Kind, length: number, text: string): string | undefined {
  if (kind === 'uuid') return UUID.test(text) ? undefined : 'is no lower-case UUID';
  // Hex and UUIDs have one order everywhere; of other text each database has its own.
  if (kind === 'character') return text.length === length && HEX.test(text) ? undefined : `is not ${length} hex digits`;
  if (text.includes('\0')) return 'holds a NUL, which PostgreSQL cannot keep';
  if (!text.isWellFormed()) return 'holds half a character';
  // Characters are code points to a database, and up to two units here.
  const long = text.length > length && [...text].length > length;
  return long ? `is longer than ${length} characters` : undefined;
}
