/** One thing with its fields: indented for people, a line a field for programs. */
import type { Paint } from "./paint.ts";
import { safeText } from "./safe-text.ts";
import { showValue } from "./show-value.ts";

/** For a terminal: a line for each field, those of a field indented below it; what is null is left out. */
export function toRecord(value: unknown, paint: Paint): string {
  return fieldLines(value, paint, "").join("\n");
}

function fieldLines(value: unknown, paint: Paint, indent: string): readonly string[] {
  if (!isObject(value)) return [`${indent}${showValue("", value, "people")}`];
  const shown = Object.entries(value).filter(([, field]) => field !== null && !isEmpty(field));
  const width = Math.max(
    0,
    ...shown.filter(([, field]) => isPlain(field)).map(([name]) => name.length),
  );
  return shown.flatMap(([name, field]) => {
    if (typeof field === "string" && field.includes("\n")) {
      const lines = safeText(field).split("\n");
      return [`${indent}${paint.dim(name)}`, ...lines.map((line) => `${indent}  ${line}`)];
    }
    if (isPlain(field)) {
      return [`${indent}${paint.dim(name.padEnd(width))}  ${showValue(name, field, "people")}`];
    }
    const parts = Array.isArray(field) ? field : [field];
    const blocks = parts.map((part) => fieldLines(part, paint, `${indent}  `));
    return [
      `${indent}${paint.dim(name)}`,
      ...blocks.flatMap((block, at) => (at === 0 || block.length === 1 ? block : ["", ...block])),
    ];
  });
}

/** For a program: a line for each value, its dotted path and it, a tab between. */
export function toRecordLines(value: unknown): string {
  return pathLines(value, []).join("\n");
}

function pathLines(value: unknown, path: readonly string[]): readonly string[] {
  if (isObject(value) && !isEmpty(value)) {
    return Object.entries(value).flatMap(([name, field]) => pathLines(field, [...path, name]));
  }
  const text = showValue(path.at(-1) ?? "", value, "lines");
  return [path.length === 0 ? text : `${path.join(".")}\t${text}`];
}

/** A value of one line: a list of plain values is one too. */
function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every((entry) => !isObject(entry)) : !isObject(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
