/** What a soak found, and how it is shown. */
import type { MemoryFigures } from "./memory.ts";

/** What a soak found. */
export interface SoakReport {
  readonly seconds: number;
  readonly sessions: number;
  readonly seed: number;
  readonly runtime: "private" | "shared";
  readonly kills: Readonly<Record<string, number>>;
  readonly turns: number;
  readonly events: number;
  readonly modelRequests: number;
  readonly messages: {
    /** By mode and by what the sender was told. */
    readonly said: Readonly<Record<string, number>>;
    /** By what became of them in the end. */
    readonly ended: Readonly<Record<string, number>>;
    /** Ends of holds, by reason and choice. */
    readonly holds: Readonly<Record<string, number>>;
    /** What callers were refused for. */
    readonly refusals: Readonly<Record<string, number>>;
  };
  readonly firings: {
    /** By what caused them and what became of them. */
    readonly ended: Readonly<Record<string, number>>;
    /** By the guard that held them back. */
    readonly heldBack: Readonly<Record<string, number>>;
    /** Times that passed while the hub was away and that another firing stands for. */
    readonly standIns: number;
  };
  readonly memory: MemoryFigures;
  /** Bytes in the end, of the database and of its write-ahead log. */
  readonly storage: { readonly database: number; readonly log: number };
  /** What should not be; empty where all is well. */
  readonly wrong: readonly string[];
}

/** The report for people. */
export function toText(report: SoakReport): string {
  const { messages, firings, memory, storage, wrong } = report;
  const lines = [
    `${report.sessions} sessions, ${report.seconds} s, codex ${report.runtime}, seed ${report.seed}`,
    `kills         ${counts(report.kills)}`,
    `turns         ${report.turns} (${report.modelRequests} requests to the model, ${report.events} events)`,
    `said          ${counts(messages.said)}`,
    `became        ${counts(messages.ended)}`,
    `holds ended   ${counts(messages.holds)}`,
    `refusals      ${counts(messages.refusals)}`,
    `firings       ${counts(firings.ended)}; ${firings.standIns} times stood for by another`,
    `held back     ${counts(firings.heldBack)}`,
    `memory        ${megabytes(memory.first.resident)} at first, ${megabytes(memory.last.resident)} at last (${(memory.growth * 100).toFixed(1)} %); heap ${megabytes(memory.first.heap)}, ${megabytes(memory.last.heap)}`,
    `storage       ${megabytes(storage.database)}, write-ahead log ${megabytes(storage.log)}`,
    wrong.length === 0 ? "wrong         nothing" : `wrong         ${wrong.length}`,
    ...wrong.map((one) => `  ${one}`),
  ];
  return lines.join("\n");
}

/** Counts by name. */
export function countBy<Item>(
  items: Iterable<Item>,
  nameOf: (item: Item) => string,
): Record<string, number> {
  const groups = Map.groupBy(items, nameOf);
  return Object.fromEntries([...groups].map(([name, of]) => [name, of.length] as const).toSorted());
}

function counts(record: Readonly<Record<string, number>>): string {
  const entries = Object.entries(record);
  if (entries.length === 0) return "none";
  return entries.map(([name, count]) => `${name} ${count}`).join("; ");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
