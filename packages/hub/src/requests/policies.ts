/** The policies that are set: a default one, and one each for sessions that say something of their own. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Policy, type RequestKind, SignalboxError } from "@signalbox/contract";
import type { Deadlines } from "./kind.ts";
import { decide, type Verdict } from "./policy.ts";
import { toPolicyFacts, toRealPath } from "./policy-facts.ts";
import type { NewRequest } from "./request-row.ts";

/** Until somebody says otherwise people are asked. */
const initial: Policy = { mode: "ask", rules: [], deadlines: {} };

/** The name of the default policy where it has decided. */
const defaultName = "default";

/** A verdict, and whose it is. */
export type PolicyVerdict = Verdict & {
  /** `default`, or the session. */
  readonly policy: string;
};

/** The policies, durable. */
export class Policies {
  readonly #deadlines: Deadlines;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  /** What was read; a policy is looked up for every question. */
  readonly #known = new Map<string, Policy | null>();

  /** `deadlines` hold where no policy says another. */
  constructor(database: DatabaseSync, deadlines: Deadlines) {
    this.#deadlines = deadlines;
    this.#find = database.prepare("SELECT policy FROM policy WHERE session_id = ?");
    this.#put = database.prepare(`
      INSERT INTO policy (session_id, policy) VALUES (?, ?)
      ON CONFLICT (session_id) DO UPDATE SET policy = excluded.policy`);
    this.#remove = database.prepare("DELETE FROM policy WHERE session_id = ?");
  }

  /** The default policy. */
  get default(): Policy {
    return this.#of("") ?? initial;
  }

  /**
   * Sets the default policy, or with a session that one's; gives it as it is kept, with links in its
   * folders resolved. Throws `invalid_request` for a folder that leads nowhere.
   */
  set(policy: Policy, sessionId = ""): Policy {
    const kept = withRealFolders(policy);
    this.#put.run(sessionId, JSON.stringify(kept));
    this.#known.delete(sessionId);
    return kept;
  }

  /** Takes a session's own policy away. */
  unset(sessionId: string): void {
    this.#remove.run(sessionId);
    this.#known.delete(sessionId);
  }

  /** A session's own policy; undefined when it has none. */
  own(sessionId: string): Policy | undefined {
    return this.#of(sessionId);
  }

  /** How long a question of a session waits, in ms. */
  deadlineOf(kind: RequestKind, sessionId: string | null): number {
    const own = sessionId === null ? undefined : this.#of(sessionId)?.deadlines[kind];
    return own ?? this.default.deadlines[kind] ?? this.#deadlines[kind];
  }

  /** What becomes of a question. Reads from the disk where the files lie that it is about. */
  decide(request: NewRequest): PolicyVerdict {
    const own = request.threadId === null ? undefined : this.#of(request.threadId);
    const policy = own ?? this.default;
    const name = own === undefined ? defaultName : request.threadId!;
    if (policy.mode === "ask") return { action: "ask", policy: name };
    return { ...decide(policy, toPolicyFacts(request)), policy: name };
  }

  #of(sessionId: string): Policy | undefined {
    let policy = this.#known.get(sessionId);
    if (policy === undefined) {
      const text = this.#find.get(sessionId)?.policy;
      policy = typeof text === "string" ? (JSON.parse(text) as Policy) : null;
      if (this.#known.size >= 10_000) this.#known.clear();
      this.#known.set(sessionId, policy);
    }
    return policy ?? undefined;
  }
}

/**
 * The policy with links in its folders resolved, now and for good: whoever can change a link later
 * must not change what the policy allows. Throws `invalid_request` for a folder that leads nowhere.
 */
function withRealFolders(policy: Policy): Policy {
  const rules = policy.rules.map((rule, index) => {
    if (rule.kind !== "file_change_approval") return rule;
    const folder = toRealPath(rule.folder);
    if (folder !== undefined) return { ...rule, folder };
    throw new SignalboxError(
      "invalid_request",
      `rules.${index}.folder: ${rule.folder} is no folder whose links lead somewhere.`,
      { details: { issues: [{ path: `rules.${index}.folder`, message: "It leads nowhere" }] } },
    );
  });
  return { ...policy, rules };
}
