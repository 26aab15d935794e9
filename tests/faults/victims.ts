/** What is killed, and killing codex wherever the hub holds it. */
import { setTimeout as wait } from "node:timers/promises";
import type { Signalbox } from "@signalbox/sdk";

/** What is killed. */
export const victims = ["hub", "codex", "both"] as const;

/** What is killed. */
export type Victim = (typeof victims)[number];

/** Kills the codex that runs; waits for one where the last has just been killed. */
export async function killCodex(box: Signalbox): Promise<void> {
  for (;;) {
    const { codex } = await box.system.health();
    try {
      if (codex.pid !== null && codex.initialized) {
        process.kill(codex.pid, "SIGKILL");
        return;
      }
    } catch (error) {
      // It has died, and the hub has not noticed yet.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    await wait(20);
  }
}
