/** How a command ends: what it says to a person or a program, and its exit code. */
import { categoryTable, isSignalboxError, SignalboxError, toErrorBody } from "@signalbox/contract";
import { safeText } from "./output/safe-text.ts";

/** How a failure is told. */
export interface ReportOptions {
  readonly json?: boolean;
  /** Where it is written. Default: stderr. */
  readonly err?: (text: string) => void;
}

/** Writes why a command failed to stderr, never a stack trace, and gives its exit code. */
export function reportFailure(
  error: unknown,
  { json = false, err = (text) => void process.stderr.write(text) }: ReportOptions = {},
): number {
  const known = isSignalboxError(error) ? error : unforeseen(error);
  const body = JSON.stringify({ error: toErrorBody(known) });
  err(json ? `${body}\n` : `signalbox: ${safeText(explain(known))}\n`);
  return categoryTable[known.category].exit;
}

function unforeseen(error: unknown): SignalboxError {
  const text = error instanceof Error ? error.message : String(error);
  return new SignalboxError("internal_error", `failed in a way it did not foresee: ${text}`, {
    cause: error,
  });
}

/** The message, and what of the details helps to go on. */
function explain({ code, message, details }: SignalboxError): string {
  const lines = [message];
  const issues = listIn(details.issues);
  if (issues.length > 1) {
    lines.push(...issues.map(({ path, message: what }) => `  ${String(path)}: ${String(what)}`));
  }
  for (const { sessionId, handle, title } of listIn(details.candidates)) {
    lines.push(
      `  ${[sessionId, handle, title].filter((part) => typeof part === "string").join("  ")}`,
    );
  }
  if (code === "hub_unreachable") {
    lines.push("Start one with signalbox up, or name another with --url or --profile.");
  }
  return lines.join("\n");
}

function listIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((entry) => typeof entry === "object" && entry !== null);
}
