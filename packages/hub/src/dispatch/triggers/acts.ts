/** What firings do: what it would be, and doing it. */
import { createHash } from "node:crypto";
import {
  type Firing,
  isSignalboxError,
  type Notice,
  type ShownAction,
  SignalboxError,
  type TriggerDefinition,
  toSignalboxError,
} from "@signalbox/contract";
import type { Teller, Telling } from "../inbox/teller.ts";
import type { EventView } from "./event-view.ts";
import type { FiringRow } from "./firing-row.ts";
import { post } from "./post.ts";
import type { Questions } from "./questions.ts";
import { cut, renderText } from "./render.ts";
import type { FiringMessage, Sender, SentMessage } from "./sender.ts";
import type { TriggerSecrets } from "./trigger-secrets.ts";

/** What acts need of the hub. */
export interface ActsParts {
  readonly sender: Sender;
  readonly questions: Questions;
  readonly secrets: TriggerSecrets;
  readonly teller: Teller;
}

/** How an act ended. */
export type Outcome = Pick<Firing, "result" | "error"> & {
  readonly state: "done" | "failed" | "ambiguous";
  /** What is to be kept of it in an inbox. */
  readonly notice?: Notice;
};

/** What an act is of: a firing, or one that is only thought of. */
export type ActFacts = Pick<FiringRow, "id" | "triggerId" | "cause" | "dueAt"> & {
  readonly event: EventView;
};

/** A firing that acts. */
type ActingFacts = ActFacts & Pick<Telling, "messageId">;

/** Characters of a preview. */
const previewLength = 500;

/** Does what firings are to do. */
export class Acts {
  readonly #parts: ActsParts;

  constructor(parts: ActsParts) {
    this.#parts = parts;
  }

  /** What is said, posted or decided; undefined where rules leave a question to people. */
  contentOf({ name, action, sessionId }: TriggerDefinition, facts: ActFacts): string | undefined {
    const { id, triggerId, event, dueAt, cause } = facts;
    const at = new Date(dueAt).toISOString();
    switch (action.type) {
      case "send":
        return renderText(action.text, {
          event,
          trigger: { id: triggerId, name },
          firing: { id, at },
        });
      case "post": {
        const firing = { firingId: id, triggerId, name, sessionId, at, cause };
        return JSON.stringify({ firing, event });
      }
      case "answer":
        return this.#decide(action, facts)?.ending.decision ?? undefined;
      case "notice":
        return this.#parts.teller.textOf(sessionId, facts);
    }
  }

  /** Tells an act from another: the same act has the same one. */
  digestOf({ action }: TriggerDefinition, facts: ActFacts, content: string): string {
    // A posting names its firing, which is never the same.
    const same = action.type === "post" ? JSON.stringify(facts.event.payload) : content;
    return createHash("sha256")
      .update(JSON.stringify([action, same]))
      .digest("base64");
  }

  /** Does it, once. Never rejects. */
  async act(
    definition: TriggerDefinition,
    facts: ActingFacts,
    content: string,
    at: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { id, triggerId } = facts;
    const { action, sessionId } = definition;
    const { sender, secrets, teller } = this.#parts;
    try {
      switch (action.type) {
        case "send":
          return done(toResult(await sender.send(toMessage(facts, action, sessionId, content))));
        case "post": {
          const { headers } = secrets.get(triggerId);
          const httpStatus = await post({ url: action.url, headers, id, body: content }, signal);
          return done({ httpStatus });
        }
        case "answer": {
          const decided = this.#decide(action, facts);
          if (decided === undefined) throw leftToPeople();
          await this.#parts.questions.answer(requestOf(facts), decided);
          return done({ decision: content });
        }
        case "notice":
          return told(await teller.tell(definition, action, facts, content, at));
      }
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * How an act ended in whose midst the hub went; undefined where it may be done again: since it
   * surely was not done, or since doing it twice is doing it once.
   */
  async afterCrash(
    row: FiringRow,
    definition: TriggerDefinition | undefined,
    at: number,
  ): Promise<Outcome | undefined> {
    const { action, triggerId, cause } = row;
    switch (action) {
      case "send":
        try {
          const sent = await this.#findSent(row);
          return sent === undefined ? undefined : done(toResult(sent));
        } catch (error) {
          return failed(error);
        }
      case "notice": {
        // Its row comes with the end of the firing; only a message can have been said before.
        const isSaid = await this.#findSent(row).then(
          (sent) => sent !== undefined,
          () => true,
        );
        const { event, messageId } = row;
        if (!isSaid || definition?.action.type !== "notice" || !event || !messageId)
          return undefined;
        const { teller } = this.#parts;
        const facts = { ...row, event, messageId };
        try {
          const text = teller.textOf(definition.sessionId, facts);
          return told(await teller.tell(definition, definition.action, facts, text, at));
        } catch (error) {
          return failed(error);
        }
      }
      case "post":
        return failed(
          new SignalboxError(
            "outcome_unknown",
            "The hub ended while it posted this. The address may have taken it.",
          ),
        );
      case "answer":
        if (cause.type !== "request") return undefined;
        return this.#parts.questions.answeredBy(cause.requestId) === triggerId
          ? done({})
          : undefined;
    }
  }

  async #findSent(row: FiringRow): Promise<SentMessage | undefined> {
    const { messageId, targetId, preview, triggerId } = row;
    if (messageId === null) return undefined;
    return this.#parts.sender.find({
      messageId,
      sessionId: targetId,
      // Of a message that was sent neither counts.
      mode: "queue",
      text: preview ?? "",
      actor: triggerId,
    });
  }

  #decide(action: Extract<ShownAction, { type: "answer" }>, facts: ActFacts) {
    return this.#parts.questions.decide(requestOf(facts), action, facts.triggerId);
  }
}

/** The first characters of what an act says. */
export function previewOf(content: string): string {
  return cut(content, previewLength);
}

function requestOf({ cause }: ActFacts): string {
  return cause.type === "request" ? cause.requestId : "";
}

function toMessage(
  { messageId, triggerId }: ActingFacts,
  { sessionId, mode }: Extract<ShownAction, { type: "send" }>,
  own: string,
  text: string,
): FiringMessage {
  return { messageId, sessionId: sessionId ?? own, mode, text, actor: triggerId };
}

function toResult({ messageId, turnId }: SentMessage): Firing["result"] {
  return { messageId, ...(turnId === null ? {} : { turnId }) };
}

function done(result: Firing["result"]): Outcome {
  return { state: "done", result, error: null };
}

function told(notice: Notice): Outcome {
  const { noticeId, messageId } = notice;
  return { ...done({ noticeId, ...(messageId === null ? {} : { messageId }) }), notice };
}

function failed(error: unknown): Outcome {
  const { code, category, message, details } = toSignalboxError(error);
  const { status } = details;
  return {
    state: category === "ambiguous" ? "ambiguous" : "failed",
    result: code === "post_failed" && typeof status === "number" ? { httpStatus: status } : {},
    error: { code, message: isSignalboxError(error) ? message : "Something unforeseen happened." },
  };
}

function leftToPeople(): SignalboxError {
  return new SignalboxError("not_eligible", "No rule matches the question; it is left to people.");
}
