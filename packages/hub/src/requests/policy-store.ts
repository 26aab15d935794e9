/** The policies that are set, in their table, which follows the journal. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { HubEventPayload, Policy } from "@signalbox/contract";
import type { Projection } from "../journal/projection.ts";

/** The default policy's place among those of sessions. */
const defaultPlace = "";
/** Policies kept in memory, at most. */
const maxKnown = 10_000;

/** The table. */
export class PolicyStore {
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  /** What was read; a policy is looked up for every question. */
  readonly #known = new Map<string, Policy | null>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare("SELECT policy FROM policy WHERE session_id = ?");
    this.#put = database.prepare(`
      INSERT INTO policy (session_id, policy) VALUES (?, ?)
      ON CONFLICT (session_id) DO UPDATE SET policy = excluded.policy`);
    this.#remove = database.prepare("DELETE FROM policy WHERE session_id = ?");
  }

  /** A session's own policy, or with null the default one; undefined where none was set. */
  get(sessionId: string | null): Policy | undefined {
    const place = sessionId ?? defaultPlace;
    let policy = this.#known.get(place);
    if (policy === undefined) {
      const text = this.#find.get(place)?.policy;
      policy = typeof text === "string" ? (JSON.parse(text) as Policy) : null;
      if (this.#known.size >= maxKnown) this.#known.clear();
      this.#known.set(place, policy);
    }
    return policy ?? undefined;
  }

  /** Keeps a policy; null takes it away. */
  set(sessionId: string | null, policy: Policy | null): void {
    const place = sessionId ?? defaultPlace;
    if (policy === null) this.#remove.run(place);
    else this.#put.run(place, JSON.stringify(policy));
    this.#known.delete(place);
  }
}

/** Keeps the table as `policy.updated` tells. */
export function createPolicyProjection(store: PolicyStore): Projection {
  return {
    name: "policies",
    types: ["policy.updated"],
    apply(event) {
      const { sessionId, policy } = event.value as HubEventPayload<"policy.updated">;
      store.set(sessionId, policy);
    },
  };
}
