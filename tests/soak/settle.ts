/** The end of a soak: nothing waits, nothing runs, nothing is due; and all of it read. */
import { setTimeout as wait } from "node:timers/promises";
import type { Firing, Message, RequestRecord } from "@signalbox/contract";
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import type { Caretaker } from "./caretaker.ts";
import type { Witness } from "./witness.ts";

/** Longest time for everything to come to its end, in ms: where the hub was never away, queues are long. */
const patience = 10 * 60_000;
/** Entries of a page. */
const limit = 200;

/** Waits until everything has come to its end; gives what would not. */
export async function settle(box: Signalbox, caretaker: Caretaker): Promise<string[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = await unsettled(box, caretaker).catch((error: unknown) => {
      if (!isSignalboxError(error)) throw error;
      return [`The hub does not answer: ${error.message}`];
    });
    if (left.length === 0) return [];
    if (performance.now() > deadline) return left;
    await wait(250);
  }
}

async function unsettled(box: Signalbox, caretaker: Caretaker): Promise<string[]> {
  await caretaker.resumeAll();
  const { data: sessions } = await box.sessions.list({ limit });
  const busy = sessions.filter(({ queued, activeTurnId }) => queued > 0 || activeTurnId !== null);
  const states = ["queued", "starting", "accepted"] as const;
  const open = await Promise.all(states.map((state) => box.messages.list({ state, limit })));
  // One that waits for codex may be old.
  const firings = await allFirings(box);
  const due = firings.filter(({ state }) => state === "due" || state === "acting");
  const { data: questions } = await box.requests.list({ state: "pending", limit });
  return [
    ...questions.map(({ requestId }) => `Question ${requestId} stays open.`),
    ...busy.map(
      ({ sessionId, queued, activeTurnId }) =>
        `Session ${sessionId} does not come to rest: ${queued} wait, turn ${activeTurnId} runs.`,
    ),
    ...open
      .flatMap(({ data }) => data)
      .map(({ messageId, state }) => `Message ${messageId} stays ${state}.`),
    ...due.map(({ firingId, state }) => `Firing ${firingId} stays ${state}.`),
  ];
}

/** Says one more thing in each session, so that the model is told each thread whole. */
export async function sayLastWords(
  box: Signalbox,
  witness: Witness,
  sessions: readonly string[],
): Promise<void> {
  for (const [n, sessionId] of sessions.entries()) {
    const { turnId } = await box.sessions.send({ sessionId, text: `[end${n}] The end.` });
    await box.wait.turn({ sessionId, turnId: turnId! });
    if (!witness.wasTold(sessionId, `end${n}`)) throw new Error(`${sessionId} is not heard.`);
  }
}

/** All messages, oldest first. */
export function allMessages(box: Signalbox): Promise<Message[]> {
  return allPages((cursor) => box.messages.list({ limit, order: "oldest", ...cursor }));
}

/** All firings, oldest first. */
export function allFirings(box: Signalbox): Promise<Firing[]> {
  return allPages((cursor) => box.triggers.firings.list({ limit, order: "oldest", ...cursor }));
}

/** All questions, oldest first. */
export function allQuestions(box: Signalbox): Promise<RequestRecord[]> {
  return allPages((cursor) => box.requests.list({ limit, order: "oldest", ...cursor }));
}

async function allPages<Item>(
  read: (cursor: {
    readonly cursor?: string;
  }) => Promise<{ readonly data: Item[]; readonly nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = {}; ; ) {
    const { data, nextCursor } = await read(cursor);
    items.push(...data);
    if (nextCursor === null) return items;
    cursor = { cursor: nextCursor };
  }
}
