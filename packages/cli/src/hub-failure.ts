/** Why a hub that was started as a process ended before it was ready. */
import { SignalboxError } from "@signalbox/contract";

/** The hub's own error where it said one (`serve --json`), else its exit code and its last lines. */
export function hubFailure(lines: readonly string[], exitCode: number | null): SignalboxError {
  for (const line of lines.toReversed()) {
    const body = toError(line);
    if (body !== undefined) return new SignalboxError(body.code, body.message);
  }
  return new SignalboxError(
    "internal_error",
    `The hub ended with exit code ${exitCode} before it was ready. Its last lines:\n${lines.join("\n")}`,
  );
}

function toError(line: string): { code: string; message: string } | undefined {
  try {
    const { error } = JSON.parse(line) as { error?: { code?: unknown; message?: unknown } };
    const { code, message } = error ?? {};
    if (typeof code === "string" && typeof message === "string") return { code, message };
  } catch {
    // A line of its log.
  }
  return undefined;
}
