import { type Platform, Type } from '@mikro-orm/core';

/** The value of a JSON column: a flat object of plain values. */
export type JsonObject = { [name: string]: string | number | boolean | null };

/** Characters that a JSON column can hold on every database. */
export const MAX_JSON_LENGTH = 2000;

/** JSON as text: the same bytes on every database, whereas native JSON types reorder keys and differ in comparison. */
export class JsonText extends Type<JsonObject | null, string | null> {
  override convertToDatabaseValue(value: JsonObject | string | null): string | null {
    return value === null || typeof value === 'string' ? value : JSON.stringify(value);
  }

  override convertToJSValue(value: string | null): JsonObject | null {
    return value === null ? null : JSON.parse(value);
  }

  override compareAsType(): string {
    return 'string';
  }

  override getColumnType(_: unknown, platform: Platform): string {
    return platform.getVarcharTypeDeclarationSQL({ length: MAX_JSON_LENGTH });
  }
}
