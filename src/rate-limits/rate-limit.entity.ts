import { BigIntType } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** One counter. Times are milliseconds since 1970, since one statement compares and sets them. */
@Entity({ tableName: 'limits' })
export class RateLimitCounter {
  /** SHA-256 of what is counted, in lower-case hex. */
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
