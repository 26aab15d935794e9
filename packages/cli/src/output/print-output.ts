/** Writes what an operation gave: JSON, or for people on a terminal, or in lines for other programs. */
import type { Command, OperationName, TranscriptEntry } from "@signalbox/contract";
import type { Shell } from "../shell.ts";
import { type Paint, paintFor } from "./paint.ts";
import { toRecord, toRecordLines } from "./record.ts";
import { toLines, toTable } from "./table.ts";
import { toTranscript } from "./transcript.ts";
import { type View, views } from "./views.ts";

type Row = Readonly<Record<string, unknown>>;

/** Writes it to `out`; of a list that goes on, how to go on to `err`. */
export function printOutput(
  { operation }: Command,
  output: unknown,
  { json }: { readonly json: boolean },
  shell: Shell,
): void {
  if (json) {
    shell.out(`${JSON.stringify(output, null, 2)}\n`);
    return;
  }
  const view: View = views[operation.name as OperationName] ?? {};
  const picked = view.pick === undefined ? output : fieldOf(output, view.pick);
  const rows = rowsOf(picked);
  const text = rows === undefined ? showOne(picked, shell) : showRows(rows, view, shell);
  shell.out(text === "" ? "" : `${text}\n`);
  for (const name of view.notes ?? []) {
    const note = fieldOf(output, name);
    if (note !== null && note !== undefined) shell.err(`${toRecordLines({ [name]: note })}\n`);
  }
  const next = fieldOf(output, "nextCursor");
  if (rows !== undefined && typeof next === "string") {
    shell.err("There is more: give --all, or a larger --limit.\n");
  }
}

function showOne(value: unknown, shell: Shell): string {
  return shell.terminal === undefined ? toRecordLines(value) : toRecord(value, paintFor(shell));
}

function showRows(rows: readonly Row[], view: View, shell: Shell): string {
  const columns = view.columns ?? plainColumns(rows);
  if (shell.terminal === undefined) return toLines(rows, columns);
  const paint: Paint = paintFor(shell);
  if (rows.length === 0) return paint.dim("None.");
  // The contract says what a transcript's entries have.
  if (view.isTranscript === true) return toTranscript(rows as unknown as TranscriptEntry[], paint);
  return toTable(rows, columns, { width: shell.terminal.columns, paint });
}

/** The entries of a list, where the value is one or has one in `data`. */
function rowsOf(value: unknown): readonly Row[] | undefined {
  const list = Array.isArray(value) ? value : fieldOf(value, "data");
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === "object" && entry !== null)) {
    return undefined;
  }
  return list as readonly Row[];
}

/** The fields whose values are plain in every entry. */
function plainColumns(rows: readonly Row[]): readonly string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names.filter((name) =>
    rows.every((row) => typeof row[name] !== "object" || row[name] === null),
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Row)[name] : undefined;
}
