/** The policies that are set: a default one, and one each for sessions that say something of their own. */
import { type Policy, type RequestKind, SignalboxError } from "@signalbox/contract";
import { toRealPath } from "../real-path.ts";
import type { Deadlines } from "./kind.ts";
import { decide, type PolicyVerdict } from "./policy.ts";
import { toPolicyFacts } from "./policy-facts.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { AskedRequest } from "./request-row.ts";

/** Until somebody says otherwise people are asked. */
const initial: Policy = { mode: "ask", rules: [], deadlines: {} };

/** The name of the default policy where it has decided. */
const defaultName = "default";

/** What the policies say. */
export class Policies {
  readonly #store: PolicyStore;
  readonly #deadlines: Deadlines;

  /** `deadlines` hold where no policy says another. */
  constructor(store: PolicyStore, deadlines: Deadlines) {
    this.#store = store;
    this.#deadlines = deadlines;
  }

  /** The default policy. */
  get default(): Policy {
    return this.#store.get(null) ?? initial;
  }

  /** A session's own policy; undefined when it has none. */
  own(sessionId: string): Policy | undefined {
    return this.#store.get(sessionId);
  }

  /** How long a question of a session waits, in ms. */
  deadlineOf(kind: RequestKind, sessionId: string | null): number {
    const own = sessionId === null ? undefined : this.#store.get(sessionId)?.deadlines[kind];
    return own ?? this.default.deadlines[kind] ?? this.#deadlines[kind];
  }

  /** What becomes of a question that is opened now. Reads from the disk where the files lie that it is about. */
  decide(request: AskedRequest): PolicyVerdict {
    const own = request.threadId === null ? undefined : this.#store.get(request.threadId);
    const policy = own ?? this.default;
    const name = own === undefined ? defaultName : request.threadId!;
    if (policy.mode === "ask") return { action: "ask", policy: name };
    return { ...decide(policy, toPolicyFacts(request)), policy: name };
  }
}

/**
 * The policy with links in its folders resolved, now and for good: whoever can change a link later
 * must not change what the policy allows. Throws `invalid_request` for a folder that leads nowhere.
 */
export function withRealFolders(policy: Policy): Policy {
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
