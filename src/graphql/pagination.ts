import type { Constructor } from '@mikro-orm/core';
import type { Page } from '../core/page.ts';
import { Field, ObjectType } from './decorators.ts';

@ObjectType({ description: 'Where a page of a list ends.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last entry, for the argument `after` of the next page. Null for an empty page.',
  })
  endCursor!: string | null;
}

/** Descriptions of the arguments of every list. */
export const FIRST = 'The number of entries, from 1 to 100.';
export const AFTER = 'The cursor of the entry before the page; without one, the page is the first.';

/** Makes the GraphQL types of a page. `what`: the entries, in words. */
export function connectionOf<Node extends object>(Node: Constructor<Node>, name: string, what: string) {
  @ObjectType(`${name}Edge`, { description: `One entry of a page of ${what}.` })
  class Edge {
    @Field(() => String, { description: 'The position in the list, for the argument `after`.' })
    cursor!: string;

    @Field(() => Node, { description: 'The entry.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${what}, newest first.` })
  class Connection implements Page<Node> {
    @Field(() => [Edge], { description: 'The entries.' })
    edges!: Edge[];

    @Field(() => PageInfo, { description: 'Where the page ends.' })
    pageInfo!: PageInfo;
  }
  return Connection;
}
