/** Lists that are given page by page. */

/** One page, and where the next one begins: null on the last. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly nextCursor: string | null;
}

/** The page of rows that were read one beyond its limit, which tells whether there are more. */
export function toPage<Row>(
  read: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
): Page<Row> {
  const rows = read.slice(0, limit);
  return { rows, nextCursor: read.length > limit ? cursorOf(rows.at(-1)!) : null };
}
