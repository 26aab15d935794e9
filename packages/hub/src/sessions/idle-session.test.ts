/** What needs a turn that runs, on a session where none does. */
import { exampleIds, operations } from "@signalbox/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callRaw } from "../../fixtures/hub-world.ts";
import { type ScriptedHub, startScriptedHub } from "../../fixtures/scripted-hub.ts";

let scripted: ScriptedHub;
let sessionId: string;
beforeAll(async () => {
  scripted = await startScriptedHub({});
  sessionId = (await call(scripted.hub, operations["sessions.create"], {})).session.sessionId;
});
afterAll(() => scripted[Symbol.asyncDispose]());

const message = { text: "Now" };

test.each([
  ["steer", operations["sessions.send"], { ...message, mode: "steer" }],
  ["interject", operations["sessions.send"], { ...message, mode: "interject" }],
  [
    "steer, as its own operation,",
    operations["sessions.steer"],
    { input: "Now", turnId: exampleIds.turnId },
  ],
  ["interrupt", operations["sessions.interrupt"], {}],
] as const)("%s is refused without asking codex anything", async (_what, operation, input) => {
  const before = scripted.asked();
  const answer = await callRaw(scripted.hub, operation, { sessionId, ...input });
  expect(answer).toMatchObject({ status: 409, body: { code: "no_active_turn" } });
  expect(scripted.asked()).toEqual(before);
});
