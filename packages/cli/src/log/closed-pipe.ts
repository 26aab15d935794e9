/** Commands whose output is cut short by who reads it: `signalbox logs | head`. */

/** Ends the process quietly once nobody reads its output any more. */
export function endOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
