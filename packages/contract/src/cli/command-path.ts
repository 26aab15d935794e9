/**
 * The words that reach an operation. Sessions are what the command line is about, so theirs stand at
 * the top (`signalbox archive`); everything else is a noun and what is done to it (`signalbox request
 * list`), where a name of more parts has the rest joined (`signalbox skill remote-get`).
 */
const shortVerbs: Readonly<Record<string, string>> = { create: "add", delete: "rm" };
const withoutSingular: ReadonlySet<string> = new Set([
  "settings",
  "controls",
  "background_terminals",
]);

/** What the command line has at its top by hand; an operation on sessions of this name keeps its noun. */
const takenWords: ReadonlySet<string> = new Set([
  "serve",
  "up",
  "down",
  "status",
  "logs",
  "doctor",
  "service",
  "watch",
  "tui",
  "runtime",
  "demo",
  "mcp",
  "schema",
  "completion",
  "help",
]);

/** The words an operation's name makes. */
export function toCommandPath(name: string): readonly string[] {
  const [first = "", ...rest] = name.split(".");
  const isShort = first === "sessions" && !(rest.length === 1 && takenWords.has(rest[0] ?? ""));
  const parts = isShort ? rest : [first, ...rest];
  const [noun = "", ...verb] = parts;
  if (verb.length === 0) return [toKebab(noun)];
  const verbs = verb.map((part) => toKebab(shortVerbs[part] ?? part));
  return [toKebab(singular(noun)), verbs.join("-")];
}

/** `sessionId` and `background_terminals` as options and words have them. */
export function toKebab(name: string): string {
  return name
    .replaceAll("_", "-")
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before}-${letter}`)
    .toLowerCase();
}

/** One of many: `policies` to `policy`. */
export function singular(noun: string): string {
  if (withoutSingular.has(noun)) return noun;
  return noun.replace(/ies$/, "y").replace(/(?<![sui])s$/, "");
}
