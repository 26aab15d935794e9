/** How a command ends: what it says to a person or a program, and its exit code. */
import { categoryTable, isSignalboxError, toErrorBody } from "@signalbox/contract";

/** Writes why a command failed to stderr, never a stack trace, and gives its exit code. */
export function reportFailure(error: unknown, options: { readonly json?: boolean } = {}): number {
  if (isSignalboxError(error)) {
    process.stderr.write(
      options.json === true
        ? `${JSON.stringify({ error: toErrorBody(error) })}\n`
        : `signalbox: ${error.message}\n`,
    );
    return categoryTable[error.category].exit;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`signalbox: failed in a way it did not foresee: ${text}\n`);
  return categoryTable.internal.exit;
}
