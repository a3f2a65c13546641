import { BigIntType } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** One counter. Times are milliseconds since 1970, which one SQL statement can compare and set on every engine. */
@Entity({ tableName: 'limits' })
export class RateLimitCounter {
  /** SHA-256 of the rule's name and the subject, in lower-case hex. */
  @PrimaryKey({ type: 'character', length: 64 })
  key!: string;

  @Property({ type: 'integer' })
  hits!: number;

  @Property({ type: new BigIntType('number') })
  blockedUntil!: number;

  @Index()
  @Property({ type: new BigIntType('number') })
  resetsAt!: number;
}
