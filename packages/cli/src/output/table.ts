/** Rows with the same columns: aligned and cut to the terminal's width, or separated by tabs. */
import stringWidth from "string-width";
import type { Paint } from "./paint.ts";
import { showValue } from "./show-value.ts";

type Row = Readonly<Record<string, unknown>>;

const gap = "  ";
/** Below this a column is not cut any more. */
const leastWidth = 8;

/** A table for a terminal so many columns wide, headings first. */
export function toTable(
  rows: readonly Row[],
  columns: readonly string[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const headings = columns.map(toHeading);
  const cells = rows.map((row) => columns.map((name) => showValue(name, row[name], "people")));
  const natural = columns.map((_, at) =>
    Math.max(...[headings, ...cells].map((row) => stringWidth(row[at] ?? ""))),
  );
  const widths = fit(natural, width - gap.length * (columns.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => pad(cut(text, widths[at] ?? 0), widths[at] ?? 0))
      .join(gap)
      .trimEnd();
  return [paint.dim(line(headings)), ...cells.map(line)].join("\n");
}

/** The same for a program: a line a row, tabs between, no headings. */
export function toLines(rows: readonly Row[], columns: readonly string[]): string {
  return rows
    .map((row) => columns.map((name) => showValue(name, row[name], "lines")).join("\t"))
    .join("\n");
}

/** `createdAt` as `CREATED AT`. */
function toHeading(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toUpperCase();
}

/** Takes from the widest column until all fit, or none can be narrower. */
function fit(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, 0) - room;
    const widest = Math.max(...widths);
    if (over <= 0 || widest <= leastWidth) return widths;
    const at = widths.indexOf(widest);
    const second = Math.max(leastWidth, ...widths.filter((_, index) => index !== at));
    widths[at] = Math.max(widest - over, Math.min(second, widest - 1));
  }
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** Cut to a width, with an ellipsis where something is missing. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
