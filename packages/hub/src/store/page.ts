/** Lists that are given page by page. */

/** One page, and where the next one begins: null on the last. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly nextCursor: string | null;
}

/** Which page of a list that is all in memory. */
export interface PageQuery {
  readonly order: "newest" | "oldest";
  /** The id of the last one that was had. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** One page of all rows, given oldest first. Ids are in the order of their making, so an id is a place. */
export function pageOf<Row>(
  all: readonly Row[],
  { order, cursor, limit }: PageQuery,
  idOf: (row: Row) => string,
): Page<Row> {
  const isNewest = order === "newest";
  const isBeyond = (id: string) => cursor === undefined || (isNewest ? id < cursor : id > cursor);
  const ordered = isNewest ? all.toReversed() : all;
  const read = ordered.filter((row) => isBeyond(idOf(row))).slice(0, limit + 1);
  return toPage(read, limit, idOf);
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
