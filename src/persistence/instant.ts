import { type Platform, Type } from '@mikro-orm/core';

/**
 * A point in time as milliseconds since 1970: the same number on every database, without time zones or rounding. On
 * SQLite, MikroORM's own date type also considers every loaded date changed and writes it back (docs/decisions/0010).
 */
export class Instant extends Type<Date | null, number | null> {
  override convertToDatabaseValue(value: Date | number | null): number | null {
    return value instanceof Date ? value.getTime() : value;
  }

  override convertToJSValue(value: number | null): Date | null {
    return value === null ? null : new Date(Number(value));
  }

  override compareAsType(): string {
    return 'number';
  }

  override getColumnType(_: unknown, platform: Platform): string {
    return platform.getBigIntTypeDeclarationSQL({});
  }
}
