/**
 * Answers that were given and may not have arrived: codex asks again after a reconnect, and is given
 * the same answer again. What a person typed may be a secret and is kept in memory only.
 */
import type { Answer } from "@signalbox/app-server";
import type { RequestKind } from "@signalbox/contract";
import type { RequestId } from "@signalbox/protocol";
import type { NewRequest } from "./request-row.ts";
import type { AnswerMatch, KeptRequest, RequestStore } from "./request-store.ts";

const mayBeSecret: ReadonlySet<RequestKind> = new Set(["user_input", "elicitation", "other"]);

/** Answers in memory, at most; the oldest is forgotten. */
const maxInMemory = 1024;

/** The answers. */
export class GivenAnswers {
  readonly #store: RequestStore;
  readonly #inMemory = new Map<string, { readonly request: NewRequest; readonly answer: Answer }>();

  constructor(store: RequestStore) {
    this.#store = store;
  }

  /** Keeps an answer; gives what may stand in the question's row. */
  keep(request: NewRequest, answer: Answer): Answer | undefined {
    if (!mayBeSecret.has(request.kind)) return answer;
    for (const oldest of this.#inMemory.keys()) {
      if (this.#inMemory.size < maxInMemory) break;
      this.#inMemory.delete(oldest);
    }
    this.#inMemory.set(keyOf(request.process, request.rpcId), { request, answer });
    return undefined;
  }

  /** The answer that was given to a question, where it is still known. */
  of({ row, answer }: KeptRequest): Answer | undefined {
    return answer ?? this.#inMemory.get(keyOf(row.process, row.rpcId))?.answer;
  }

  /** Forgets what codex is known to have, or does not want any more. */
  forget(match: AnswerMatch): void {
    this.#store.forgetAnswers(match);
    if ("rpcId" in match) {
      this.#inMemory.delete(keyOf(match.process, match.rpcId));
      return;
    }
    for (const [key, { request }] of this.#inMemory) {
      if (request.process !== match.process) continue;
      if ("turn" in match && request.turnId !== match.turn) continue;
      this.#inMemory.delete(key);
    }
  }
}

function keyOf(process: string, rpcId: RequestId): string {
  return `${process}\n${JSON.stringify(rpcId)}`;
}
