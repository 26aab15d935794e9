/** What new sessions begin with: one row, which follows the journal. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { type HubEventPayload, SignalboxError } from "@signalbox/contract";
import { toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Projection } from "../journal/projection.ts";
import { type Controls, inherited } from "./controls.ts";

/** The row. */
export class DefaultsStore {
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare("SELECT controls FROM session_defaults WHERE id = 1");
    this.#write = database.prepare("INSERT OR REPLACE INTO session_defaults VALUES (1, ?)");
  }

  /** The defaults; everything as Codex has it when none were set. */
  get(): Controls {
    const row = this.#read.get();
    return row === undefined ? inherited : (JSON.parse(String(row.controls)) as Controls);
  }

  set(controls: Controls): void {
    this.#write.run(JSON.stringify(controls));
  }
}

/** Keeps the row as `defaults.updated` tells. */
export function createDefaultsProjection(store: DefaultsStore): Projection {
  return {
    name: "sessions.defaults",
    types: ["defaults.updated"],
    apply: (event) => store.set((event.value as HubEventPayload<"defaults.updated">).controls),
  };
}

/** Who changes them, and by what. */
export interface Author {
  readonly actor: string;
  readonly source: string;
}

/** The defaults, and the one way they change. */
export class SessionDefaults {
  /** Why they can't be changed; null when they can. */
  readonly lockReason: string | null;
  readonly #store: DefaultsStore;
  readonly #events: EventLog;

  constructor(store: DefaultsStore, events: EventLog, locked: boolean) {
    this.#store = store;
    this.#events = events;
    this.lockReason = locked ? "The hub was started with --lock-defaults." : null;
  }

  get(): Controls {
    return this.#store.get();
  }

  /** Changes them and tells of it, unless nothing differs. Throws `locked`, and what `change` throws. */
  async update(change: (controls: Controls) => Controls, by: Author): Promise<void> {
    if (this.lockReason !== null) {
      throw new SignalboxError("locked", `The defaults can't be changed. ${this.lockReason}`, {
        details: { scope: "default", reason: this.lockReason },
      });
    }
    await this.#events.append(() => {
      const previous = this.#store.get();
      const controls = change(previous);
      if (isDeepStrictEqual(previous, controls)) return [];
      const payload: HubEventPayload<"defaults.updated"> = { controls, previous, ...by };
      return [toNewEvent("defaults.updated", null, payload, Date.now())];
    });
  }
}
