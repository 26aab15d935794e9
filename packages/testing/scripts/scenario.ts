/**
 * What a transcript is captured from: a script for the model and the things a client then does.
 */
import type { WireMessage } from "../fixtures/line-client.ts";
import type { RealCodex, startRealCodex } from "../fixtures/real-codex.ts";

/** One transcript to be. */
export interface Scenario {
  /** The transcript's name, and its file's. */
  readonly name: string;
  /** How the home is configured and the handshake done. */
  readonly options?: Parameters<typeof startRealCodex>[0];
  /** Drives the connection to the last message that belongs to the transcript. */
  run(codex: RealCodex): Promise<void>;
}

/** Runs a turn to its end; the model has been scripted before. Gives the ids. */
export async function runTurn(
  codex: RealCodex,
  threadId: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const turnId = await codex.startTurn(threadId, "Hello", params);
  await codex.turnEnd(turnId);
  return turnId;
}

/** Waits for a server request and answers it. */
export async function answer(
  codex: RealCodex,
  method: string,
  result: unknown,
): Promise<WireMessage> {
  const asked = await codex.client.event(method);
  codex.client.respond(asked, result);
  return asked;
}
