/** The triggers as rows, and when each is due next. All are kept in memory too: there are few. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TriggerDefinition } from "@signalbox/contract";

/** What changes of a trigger as time goes. Times are epoch milliseconds. */
export interface Timing {
  /** From when on an interval counts: since its `when` was set. */
  readonly anchor: number;
  /** Its next time; null while none is set. */
  readonly nextDueAt: number | null;
  /** Of one that waits for rest: since when the session rests, and after which turn. */
  readonly idleSince: number | null;
  readonly idleTurnId: string | null;
}

/** One trigger. */
export interface KeptTrigger {
  readonly definition: TriggerDefinition;
  readonly timing: Timing;
}

/** The rows. */
export class TriggerStore {
  readonly #put: StatementSync;
  readonly #time: StatementSync;
  readonly #remove: StatementSync;
  readonly #all: StatementSync;
  #kept: Map<string, KeptTrigger> | undefined;
  #version = 0;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(`
      INSERT INTO trigger_definition VALUES (:id, :definition, :anchor, :nextDueAt, :idleSince, :idleTurnId)
      ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, anchor = excluded.anchor,
        next_due_at = excluded.next_due_at, idle_since = excluded.idle_since,
        idle_turn_id = excluded.idle_turn_id`);
    this.#time = database.prepare(`
      UPDATE trigger_definition SET anchor = :anchor, next_due_at = :nextDueAt,
        idle_since = :idleSince, idle_turn_id = :idleTurnId WHERE id = :id`);
    this.#remove = database.prepare("DELETE FROM trigger_definition WHERE id = ?");
    this.#all = database.prepare("SELECT * FROM trigger_definition ORDER BY id");
  }

  /** Counts the changes of definitions: what was made of them holds while it stays the same. */
  get version(): number {
    return this.#version;
  }

  /** How many there are. */
  get size(): number {
    return this.#read().size;
  }

  /** One; undefined when it is not kept. */
  get(id: string): KeptTrigger | undefined {
    return this.#read().get(id);
  }

  /** All, oldest first. */
  all(): KeptTrigger[] {
    return [...this.#read().values()];
  }

  /** Keeps one, in place of what was kept of it. */
  put(definition: TriggerDefinition, timing: Timing): void {
    const { triggerId: id } = definition;
    this.#put.run({ id, definition: JSON.stringify(definition), ...timing });
    this.#read().set(id, { definition, timing });
    this.#version += 1;
  }

  /** Sets when one is due. */
  setTiming(id: string, change: Partial<Timing>): void {
    const kept = this.get(id);
    if (kept === undefined) return;
    const timing = { ...kept.timing, ...change };
    this.#time.run({ id, ...timing });
    this.#read().set(id, { ...kept, timing });
  }

  /** Takes one away. */
  remove(id: string): void {
    this.#remove.run(id);
    this.#read().delete(id);
    this.#version += 1;
  }

  /** Reads everything anew: what was written may not have been stored. */
  forget(): void {
    this.#kept = undefined;
    this.#version += 1;
  }

  #read(): Map<string, KeptTrigger> {
    this.#kept ??= new Map(
      this.#all.all().map((row) => {
        const kept: KeptTrigger = {
          definition: JSON.parse(String(row.definition)) as TriggerDefinition,
          timing: {
            anchor: row.anchor as number,
            nextDueAt: row.next_due_at as number | null,
            idleSince: row.idle_since as number | null,
            idleTurnId: row.idle_turn_id as string | null,
          },
        };
        return [String(row.id), kept];
      }),
    );
    return this.#kept;
  }
}
