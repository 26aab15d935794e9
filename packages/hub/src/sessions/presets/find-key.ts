/** Where a key of a TOML file stands. The parser tells it of broken files only. */

/** A place in a file, counted from 1. */
export interface KeyPlace {
  readonly line?: number;
  readonly column?: number;
}

/**
 * The line and column of a key, or of the table that holds it when it is written inside a longer form
 * (an inline table, a dotted key); nothing when not even that is found.
 */
export function findKey(text: string, keys: readonly string[]): KeyPlace {
  let table: readonly string[] = [];
  let nearest: KeyPlace = {};
  let depth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line);
    const path = header === null ? [...table, ...keyOf(line)] : toKeys(header[1]!);
    if (header !== null) table = path;
    else if (path.length === table.length) continue;
    const common = sharedLength(path, keys);
    if (common < path.length || common <= depth) continue;
    depth = common;
    nearest = { line: index + 1, column: line.search(/\S/) + 1 };
    if (common === keys.length) return nearest;
  }
  return nearest;
}

function keyOf(line: string): readonly string[] {
  const found = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/.exec(
    line,
  );
  return found === null ? [] : toKeys(found[1]!);
}

function toKeys(dotted: string): readonly string[] {
  const parts = dotted.match(/"[^"]*"|'[^']*'|[\w-]+/g) ?? [];
  return parts.map((part) => part.replace(/^["']|["']$/g, ""));
}

function sharedLength(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((key, index) => key !== other[index]);
  return end === -1 ? one.length : end;
}
