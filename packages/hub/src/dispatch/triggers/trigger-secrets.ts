/** What is secret of triggers: in a table of its own, which nothing but signing and posting reads. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { cannotStore } from "../../store/database.ts";

/** What one keeps secret. */
export interface Secrets {
  /** `whsec_...`; null where no webhook fires it. */
  readonly webhook: string | null;
  /** Headers sent along with what it posts. */
  readonly headers: Readonly<Record<string, string>>;
}

const none: Secrets = { webhook: null, headers: {} };

/** The table. */
export class TriggerSecrets {
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #sweep: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare("SELECT * FROM trigger_secret WHERE trigger_id = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO trigger_secret VALUES (?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM trigger_secret WHERE trigger_id = ?");
    this.#sweep = database.prepare(
      "DELETE FROM trigger_secret WHERE trigger_id NOT IN (SELECT id FROM trigger_definition)",
    );
  }

  /** A trigger's; empty where there are none. */
  get(triggerId: string): Secrets {
    const row = this.#find.get(triggerId);
    if (row === undefined) return none;
    return {
      webhook: row.webhook as string | null,
      headers: JSON.parse(String(row.headers)) as Record<string, string>,
    };
  }

  /** Keeps them, in place of those before. Throws `storage_unavailable`. */
  put(triggerId: string, { webhook, headers }: Secrets): void {
    try {
      this.#put.run(triggerId, webhook, JSON.stringify(headers));
    } catch (error) {
      throw cannotStore(error);
    }
  }

  /** Lets go of a trigger's. */
  remove(triggerId: string): void {
    this.#remove.run(triggerId);
  }

  /** Lets go of those whose trigger came to nothing. */
  sweep(): void {
    this.#sweep.run();
  }
}
