/** Who answers, what expires and what is due at the same time: one of them ends the question, once. */
import type { ServerRequest } from "@signalbox/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRequestsRun, endsIn } from "../../fixtures/requests-run.ts";
import { openDatabase } from "../store/database.ts";

const question = {
  id: 0,
  method: "item/tool/call",
  params: { threadId: "t", turnId: "u", callId: "c", tool: "x", arguments: {}, namespace: null },
} as ServerRequest;

const turnEnd = {
  method: "turn/completed",
  params: { threadId: "t", turn: { id: "u" } },
};

type Act = "answer" | "expire" | "exit" | "withdraw" | "ask again" | "tick";

test("of any number of answers, deadlines and endings in any order one ends the question, and codex hears one answer at most", async () => {
  const act = fc.constantFrom<Act>("answer", "expire", "exit", "withdraw", "ask again", "tick");
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 24, size: "max" }),
      fc.integer({ min: 0, max: 3 }),
      async (acts, deadline) => {
        const run = await createRequestsRun(openDatabase(":memory:"), {
          deadlines: { tool_call: deadline },
        });
        const { requests, events, answers, journal, store } = run;
        const { requestId, announced, event } = requests.open("p", question, Date.now())!;
        await events.append([event]);
        announced();
        // As whoever answers has read it, however late the answer comes.
        const row = requests.findOwn(requestId, "request_not_found");
        const outcomes: Promise<string>[] = [];
        for (const each of acts) {
          switch (each) {
            case "answer":
              outcomes.push(
                requests.answer(row, { result: {} }, { outcome: "answered" }).then(
                  () => "ok",
                  (error: unknown) => (error as { code: string }).code,
                ),
              );
              break;
            case "expire":
              await events.append(requests.withdrawals.observe("p", turnEnd, 1));
              break;
            case "exit":
              await events.append(requests.withdrawals.expireProcess("p", 1));
              break;
            case "withdraw": {
              const params = { threadId: "t", requestId: 0 };
              const resolved = { method: "serverRequest/resolved", params };
              await events.append(requests.withdrawals.observe("p", resolved, 1));
              break;
            }
            case "ask again":
              if (store.get(requestId)!.resolution === undefined) {
                expect(requests.open("p", question, 2)).toBeUndefined();
              }
              break;
            case "tick":
              await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
        const told = await Promise.all(outcomes);
        await requests.close();
        await events.settled();
        const ends = (await endsIn(journal)).filter((end) => end.requestId === requestId);
        expect(ends).toHaveLength(1);
        const wasSaid = ends[0]!.outcome === "answered" || ends[0]!.outcome === "timed_out";
        expect(answers).toHaveLength(wasSaid ? 1 : 0);
        expect(told.filter((code) => code === "ok")).toHaveLength(
          ends[0]!.outcome === "answered" ? 1 : 0,
        );
        for (const code of told) expect(["ok", "already_resolved", "not_eligible"]).toContain(code);
      },
    ),
    { numRuns: 60 },
  );
});
