/** Follows the pages of a list until as many entries are there as were asked for. */
import type { Command } from "@signalbox/contract";

/** Calls the operation once. */
export type CallPage = (input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** How much of a list is wanted. */
export interface Wanted {
  /** Whether all there is; else as many as the input's `limit` says, else one page. */
  readonly all: boolean;
}

interface Page {
  readonly data: readonly unknown[];
  readonly nextCursor: string | null;
}

/**
 * The list as one page: entries in order, `nextCursor` where the last page that was read ended, and
 * of the other fields what the last page said.
 */
export async function readPages(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  { all }: Wanted,
  call: CallPage,
): Promise<unknown> {
  const pageSize = command.pageSize ?? 1;
  const asked = typeof input.limit === "number" ? input.limit : undefined;
  const enough = all ? Number.POSITIVE_INFINITY : (asked ?? 0);
  const cursor = cursorField(command, input);
  let next = input[cursor];
  const data: unknown[] = [];
  for (;;) {
    const left = Math.min(enough - data.length, pageSize);
    const limit = all ? pageSize : asked === undefined ? undefined : left;
    const page = (await call({
      ...input,
      ...(limit === undefined ? {} : { limit }),
      ...(next === undefined ? {} : { [cursor]: next }),
    })) as Page;
    data.push(...page.data);
    if (page.nextCursor === null || data.length >= enough) return { ...page, data };
    next = page.nextCursor;
  }
}

/** The field that says where a page begins: of a list that can be read both ways, the one for this way. */
function cursorField(
  { operation }: Command,
  { order }: Readonly<Record<string, unknown>>,
): "cursor" | "after" | "before" {
  if (Object.hasOwn(operation.input.shape, "cursor")) return "cursor";
  return order === "newest" ? "before" : "after";
}
