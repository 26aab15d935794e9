import { expect, expectTypeOf, test } from "vitest";
import {
  type ControlFrame,
  controlFrames,
  type HubEvent,
  type HubEventPayload,
  isControlFrame,
  parseClientFrame,
  parseServerFrame,
  type StreamEvent,
} from "../index.ts";

const samples: Record<ControlFrame["type"], ControlFrame> = {
  ready: { type: "ready", threadId: null, protocol: 1, epoch: "e", head: 0 },
  pong: { type: "pong" },
  error: { type: "error", code: "invalid_command", message: "No." },
  subscribed: { type: "subscribed", threadId: "t", types: ["a.*"], from: "e:1" },
  caught_up: { type: "caught_up", seq: 3 },
  lagging: { type: "lagging", seq: 3, head: 9 },
  gap: { type: "gap", reason: "retention", from: "e:1", to: "e:5" },
};

test("every control frame is read back as it was written", () => {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(controlFrames).sort());
  for (const frame of Object.values(samples)) {
    const read = parseServerFrame(JSON.stringify(frame));
    expect(read).toEqual(frame);
    expect(isControlFrame(read)).toBe(true);
  }
});

test("an event is read with its payload untouched", () => {
  const event = { type: "x.y", threadId: null, payload: { a: [1, null] }, seq: 1, at: 2 };
  const read = parseServerFrame(JSON.stringify(event));
  expect(read).toEqual(event);
  expect(isControlFrame(read)).toBe(false);
  if (!isControlFrame(read)) expectTypeOf(read).toEqualTypeOf<StreamEvent>();
});

test("fields a newer hub adds to a control frame pass through", () => {
  expect(parseServerFrame('{"type":"pong","load":0.5}')).toEqual({ type: "pong", load: 0.5 });
});

test("what is neither event nor control frame is refused with its code", () => {
  for (const text of ["", "[]", "null", "{}", '{"type":"ready"}', '{"type":"x","threadId":null}']) {
    expect(() => parseServerFrame(text), text).toThrow(
      expect.objectContaining({ code: "invalid_response" }),
    );
  }
});

test("commands are read, and a wrong one names its field", () => {
  expect(parseClientFrame('{"type":"ping"}')).toEqual({ type: "ping" });
  expect(parseClientFrame('{"type":"subscribe","types":["a.*"],"after":"e:1"}')).toEqual({
    type: "subscribe",
    types: ["a.*"],
    after: "e:1",
  });
  const refused: [string, RegExp][] = [
    ["{", /not JSON/],
    ['{"type":"dance"}', /type/],
    ['{"type":"subscribe","threadId":""}', /threadId/],
    ['{"type":"subscribe","types":["a*b"]}', /types\.0/],
    ['{"type":"ping","extra":1}', /extra/],
  ];
  for (const [text, message] of refused) {
    expect(() => parseClientFrame(text), text).toThrow(
      expect.objectContaining({
        code: "invalid_command",
        message: expect.stringMatching(message) as string,
      }),
    );
  }
});

test("the hub's own events are told apart by type, and their payloads are typed", () => {
  const onEvent = (event: HubEvent) => {
    if (event.type === "request.resolved") {
      expectTypeOf(event.payload.outcome).toEqualTypeOf<
        "answered" | "timed_out" | "refused" | "expired"
      >();
    }
  };
  expect(onEvent).toBeTypeOf("function");
  expectTypeOf<HubEventPayload<"runtime.restarting">["delay"]>().toEqualTypeOf<number>();
});
