import { type InputIssue, throwInputIssues } from './errors.ts';
import { isUuid } from './uuid.ts';

const MAX_PAGE_SIZE = 100;
const MAX_CURSOR_LENGTH = 100;

/** The part of a list that a client asks for. */
export interface PageRequest {
  /** The number of rows, from 1 to 100. */
  first: number;
  /** Cursor of the last row before the page. Without one the page is the first. */
  after?: string | null;
}

/** A part of a list, newest first. */
export interface Page<Node> {
  edges: { cursor: string; node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The rows that a query reads: at most `limit`, in descending order of ids, from below `before` on. */
export interface PageRange {
  before: string | null;
  limit: number;
}

/**
 * Reads a page of a list whose ids ascend with time. `list` names the list: its cursors are refused in other lists.
 * Throws BAD_USER_INPUT.
 */
export async function readPage<Row extends { id: string }>(
  list: string,
  { first, after = null }: PageRequest,
  read: (range: PageRange) => Promise<Row[]>,
): Promise<Page<Row>> {
  const before = after === null ? null : idIn(list, after);
  throwInputIssues([...firstIssues(first), ...(before === undefined ? [AFTER_ISSUE] : [])]);
  // One extra row shows whether another page follows.
  const rows = await read({ before: before ?? null, limit: first + 1 });
  const edges = rows.slice(0, first).map(node => ({ cursor: cursorOf(list, node.id), node }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}

/** The page with each row converted. */
export const mapPage = <Row, Node>({ edges, pageInfo }: Page<Row>, convert: (row: Row) => Node): Page<Node> => ({
  edges: edges.map(({ cursor, node }) => ({ cursor, node: convert(node) })),
  pageInfo,
});

const cursorOf = (list: string, id: string) => Buffer.from(`${list}:${id}`).toString('base64url');

/** The id in a cursor of the list. Undefined for a text that is no such cursor. */
function idIn(list: string, cursor: string): string | undefined {
  if (cursor.length > MAX_CURSOR_LENGTH) return undefined;
  const id = Buffer.from(cursor, 'base64url')
    .toString()
    .slice(list.length + 1);
  return isUuid(id) && cursor === cursorOf(list, id) ? id : undefined;
}

function firstIssues(first: number): InputIssue[] {
  const isValid = Number.isInteger(first) && first >= 1 && first <= MAX_PAGE_SIZE;
  return isValid ? [] : [{ field: 'first', rule: 'INVALID', message: `Ask for 1 to ${MAX_PAGE_SIZE} at a time.` }];
}

const AFTER_ISSUE: InputIssue = { field: 'after', rule: 'INVALID', message: 'This is not a cursor of this list.' };
