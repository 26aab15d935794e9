/** How long firings that ended are kept. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { hourBefore } from "./guards.ts";

/**
 * They are kept 30 days, and 50,000 of them at most; but of each trigger what its guards look at: what
 * acted within the hour, and what acted last.
 */
export const keptFor = 30 * 24 * 60 * 60 * 1_000;
export const maxEnded = 50_000;
/** Firings between two looks for those to drop. */
const trimInterval = 1_024;

/** Drops them. */
export class FiringRetention {
  readonly #trim: StatementSync;
  readonly #most: number;
  #untilTrim = trimInterval;

  constructor(database: DatabaseSync, most = maxEnded) {
    this.#most = most;
    this.#trim = database.prepare(`
      DELETE FROM trigger_firing AS old WHERE ended_at IS NOT NULL AND (ended_at < :before
          OR number <= (SELECT max(number) FROM trigger_firing) - :most)
        AND (acted_at IS NULL OR acted_at <= :hourBefore AND NOT (
          trigger_id IN (SELECT id FROM trigger_definition) AND number = (
            SELECT number FROM trigger_firing WHERE trigger_id = old.trigger_id
              AND acted_at IS NOT NULL ORDER BY acted_at DESC, number DESC LIMIT 1)))`);
  }

  /** One more was added; now and then those that are too old go. */
  noteAdded(now: number): void {
    this.#untilTrim -= 1;
    if (this.#untilTrim > 0) return;
    this.#untilTrim = trimInterval;
    const before = now - keptFor;
    this.#trim.run({ before, most: this.#most, hourBefore: hourBefore(now) });
  }
}
