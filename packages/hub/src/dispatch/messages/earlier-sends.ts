/** The earlier operations that say something to a session, as forms of `sessions.send`. */
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { Roster } from "../../sessions/roster.ts";
import { refuseOtherTools } from "../../sessions/tools.ts";
import type { SendContext, Sender } from "./sender.ts";

/** The earlier forms. */
export class EarlierSends {
  readonly #sender: Sender;
  readonly #roster: Roster;

  constructor(sender: Sender, roster: Roster) {
    this.#sender = sender;
    this.#roster = roster;
  }

  /** Mode `start`, with the tools a session has. */
  async sendMessage(
    { dynamicTools, ...input }: OperationInput<"sessions.send_message">,
    context: SendContext,
  ): Promise<OperationOutput<"sessions.send_message">> {
    const { sessionId } = input;
    refuseOtherTools(sessionId, dynamicTools, this.#roster.writable(sessionId, input).tools);
    const { turnId } = await this.#sender.send({ ...input, mode: "start" }, context);
    return { status: "accepted", sessionId, turnId: turnId! };
  }

  /** Mode `steer`. */
  async steer(
    { sessionId, turnId, input: text }: OperationInput<"sessions.steer">,
    context: SendContext,
  ): Promise<OperationOutput<"sessions.steer">> {
    const sent = await this.#sender.send({ sessionId, turnId, text, mode: "steer" }, context);
    const details = { turnId: sent.turnId };
    const result = { actionType: "steer", status: "performed", details } as const;
    return { status: "ok", sessionId, turnId, result };
  }
}
