import { describe, expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import type { EventStream } from "./event-stream.ts";
import type { Message } from "./message.ts";
import { TurnRecord } from "./turn-record.ts";

const message = (method: string, more: object = {}) =>
  ({ method, params: { threadId: "t", turnId: "u", ...more } }) as unknown as Message;
const end = message("turn/completed", { turn: { id: "u", status: "completed" } });

function record(...messages: Message[]): TurnRecord {
  const made = new TurnRecord("t", "u");
  for (const one of messages) made.append(one, 1);
  return made;
}

async function methodsOf(stream: EventStream<Message>): Promise<string[]> {
  const methods: string[] = [];
  for await (const { method } of stream) methods.push(method);
  return methods;
}

describe("a reader of a turn", () => {
  test("that comes after another has read everything gets the end, alone, and does not wait for it for ever", async () => {
    const turn = record(message("turn/started"), end);
    expect(await methodsOf(turn.open())).toEqual(["turn/started", "turn/completed"]);
    expect(await methodsOf(turn.open())).toEqual(["turn/completed"]);
    expect(await methodsOf(turn.open())).toEqual(["turn/completed"]);
  });

  test("that reads on gets the end and then what comes late", async () => {
    const turn = record(end);
    await methodsOf(turn.open());
    const late = turn.open({ late: true });
    turn.append(message("item/completed", { item: { id: "late" } }), 1);
    turn.fail(new AppServerError("client_closed", "closed"));
    expect(await methodsOf(late)).toEqual(["turn/completed", "item/completed"]);
  });

  test("that is slow loses deltas, but neither the end, nor a question, nor, before deltas, anything else", async () => {
    const turn = new TurnRecord("t", "u");
    const slow = turn.open();
    turn.append(message("turn/started"), 1);
    turn.append({ id: 1, ...message("item/tool/call") } as Message, 1);
    for (let n = 0; n < 20_000; n++) turn.append(message("item/agentMessage/delta", { n }), 1);
    turn.append(message("item/completed", { item: { id: "i" } }), 1);
    turn.append(end, 1);
    const methods = await methodsOf(slow);
    expect(methods.filter((method) => method !== "item/agentMessage/delta")).toEqual([
      "turn/started",
      "item/tool/call",
      "item/completed",
      "turn/completed",
    ]);
    expect(methods.length).toBeLessThanOrEqual(8_192);
    expect(methods.length + slow.dropped).toBe(20_004);
  });
});

describe("what a turn's events add up to", () => {
  test("is its items in the order they were completed, each as it was last told, and its newest usage", () => {
    const item = (id: string, text: string) =>
      message("item/completed", { item: { id, type: "agentMessage", text } });
    const turn = record(
      item("a", "1"),
      item("b", "2"),
      message("thread/tokenUsage/updated", { tokenUsage: { total: 1 } }),
      item("a", "3"),
      message("thread/tokenUsage/updated", { tokenUsage: { total: 2 } }),
    );
    expect(turn.items).toMatchObject([
      { id: "a", text: "3" },
      { id: "b", text: "2" },
    ]);
    expect(turn.usage).toEqual({ total: 2 });
    expect(turn.turn).toBeUndefined();
  });
});
