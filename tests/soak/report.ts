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
    /** By their trigger's name and what became of them. */
    readonly ended: Readonly<Record<string, number>>;
    /** By the guard that held them back. */
    readonly heldBack: Readonly<Record<string, number>>;
    /** Times that passed while the hub was away and that another firing stands for. */
    readonly standIns: number;
  };
  readonly questions: {
    /** By how they ended, and by whom. */
    readonly ended: Readonly<Record<string, number>>;
    /** The operator's answers, by what became of them. */
    readonly given: Readonly<Record<string, number>>;
    readonly commandsRun: number;
  };
  readonly deliveries: {
    /** Webhooks, by what who brought them knows of them in the end. */
    readonly made: Readonly<Record<string, number>>;
    /** By who brought them and what was answered. */
    readonly attempts: Readonly<Record<string, number>>;
  };
  /** Undefined where the run was too short to tell. */
  readonly memory: MemoryFigures | undefined;
  /** Bytes in the end, of the database and of its write-ahead log. */
  readonly storage: { readonly database: number; readonly log: number };
  /** What should not be; empty where all is well. */
  readonly wrong: readonly string[];
}

/** The report for people. */
export function toText(report: SoakReport): string {
  const { messages, firings, questions, deliveries, storage, wrong } = report;
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
    `questions     ${counts(questions.ended)}; ${questions.commandsRun} commands run`,
    `operator      ${counts(questions.given)}`,
    `webhooks      ${counts(deliveries.made)}`,
    `brought       ${counts(deliveries.attempts)}`,
    `memory        ${memoryText(report.memory)}`,
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

function memoryText(figures: MemoryFigures | undefined): string {
  if (figures === undefined) return "not enough samples";
  const { of, first, last, growth } = figures;
  const one = (what: "heap" | "resident") =>
    `${what} ${megabytes(first[what])} early, ${megabytes(last[what])} at last (${(growth[what] * 100).toFixed(1)} %)`;
  return `${of}, after collections (${first.samples} and ${last.samples}): ${one("heap")}; ${one("resident")}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
