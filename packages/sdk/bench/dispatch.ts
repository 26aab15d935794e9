/**
 * What an event costs between the socket's text and its handler: parsing, the order of the run, the
 * default router and the isolation of the handler, against a bare `JSON.parse` and a call. Shown
 * without a bar.
 */
import { formatCursor, isControlFrame, parseServerFrame } from "@signalbox/contract";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import { Handlers } from "../src/handlers/handlers.ts";
import { EventRouter } from "../src/router/event-router.ts";
import { createOrder } from "../src/stream/order/create-order.ts";
import { createDispatch } from "../src/stream/order/dispatch.ts";
import type { Ordering } from "../src/stream/order/event-order.ts";

const count = 20_000;
const threads = 10;

export async function run(): Promise<Figure[]> {
  const frames = makeFrames();
  const figures: Figure[] = [];
  for (const ordering of ["global", "thread"] as const) {
    const rates = await compareRates(
      count,
      () => dispatchAll(frames, ordering),
      () => parseAndCall(frames),
    );
    figures.push({ name: `sdk dispatch, ordering ${ordering}`, unit: "events/s", ...rates });
  }
  return figures;
}

async function dispatchAll(frames: readonly string[], ordering: Ordering): Promise<void> {
  let handled = 0;
  const { signal } = new AbortController();
  const onHandlerError = ({ error }: { readonly error: unknown }) => {
    throw error;
  };
  const router = new EventRouter({ handlerDeadline: 30_000, onHandlerError });
  const handlers = new Handlers(router);
  handlers.onAppServer("item.agent_message.delta", ({ params }) => {
    if (params.delta.length > 0) handled += 1;
  });
  handlers.onEvent("session.created", () => undefined);
  handlers.onAppServerRequest("item.tool.call", () => undefined);
  const order = createOrder(ordering, {
    limits: { events: 1_024, characters: 8 * 1024 * 1024 },
    signal,
    handle: createDispatch({ router, threadId: null, signal, onHandlerError }),
    onHandled: () => undefined,
    tell: () => Promise.resolve(),
    readPage: () => Promise.reject(new Error("nothing stands still here")),
    wantedTypes: () => undefined,
    onHandlerError,
  });
  for (const text of frames) {
    const event = parseServerFrame(text);
    if (isControlFrame(event)) continue;
    const cursor = formatCursor({ epoch: "e", seq: event.seq });
    const size = text.length;
    const waiting = order.take({
      event,
      cursor,
      size,
      epoch: "e",
      completes: event.seq,
      reconnects: 0,
    });
    if (waiting !== undefined) await waiting;
  }
  await order.idle();
  checkAll(handled);
}

async function parseAndCall(frames: readonly string[]): Promise<void> {
  let handled = 0;
  const handle = async ({ payload }: { payload: { params: { delta: string } } }) => {
    if (payload.params.delta.length > 0) handled += 1;
  };
  for (const text of frames) await handle(JSON.parse(text));
  checkAll(handled);
}

function checkAll(handled: number): void {
  if (handled !== count) throw new Error(`${handled} of ${count} events were handled.`);
}

/** Deltas of some threads in turn, as the hub writes them. */
function makeFrames(): string[] {
  return Array.from({ length: count }, (_, i) => {
    const threadId = `01990000-0000-7000-8000-0000000000${10 + (i % threads)}`;
    const context = { threadId, turnId: `01990000-0000-7000-8000-0000000001${10 + (i % threads)}` };
    return JSON.stringify({
      type: "app_server.item.agent_message.delta",
      threadId,
      payload: {
        source: "app_server",
        signalType: "notification",
        eventType: "app_server.item.agent_message.delta",
        method: "item/agentMessage/delta",
        receivedAt: "2026-01-01T00:00:00.000Z",
        context,
        params: { ...context, itemId: `msg_${i}`, delta: "some words of a text " },
        session: { id: threadId, title: "New chat", projectId: null },
      },
      seq: i + 1,
      at: 1_767_225_600_000 + i,
    });
  });
}
