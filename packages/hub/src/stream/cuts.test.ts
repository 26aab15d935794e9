/** Connections that are cut again and again while the real codex works. */
import { operations, type StreamEvent } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, createHubWorld, type HubAddress, StreamClient } from "../../fixtures/hub-world.ts";

const isView = ({ type }: StreamEvent) => type === "transcript_updated";
const idOf = ({ seq, type }: StreamEvent) => `${seq} ${type}`;
const types = "*,transcript_*";

/** Whether the turn's end is there, and the view of it. */
function hasEnded(events: readonly StreamEvent[]): boolean {
  const end = events.find(({ type }) => type === "app_server.turn.completed");
  return events.some((event) => isView(event) && event.seq === end?.seq);
}

/** Reads to the end of the turn over connections that are cut after so many frames each. */
async function readWithCuts(hub: HubAddress, start: string, cuts: readonly number[]) {
  const epoch = start.split(":")[0]!;
  const events: StreamEvent[] = [];
  const again: StreamEvent[] = [];
  let after = start;
  for (const frames of [...cuts, Number.POSITIVE_INFINITY]) {
    using client = await StreamClient.open(hub, { after, types });
    await client.until(
      () => client.events.length >= frames || hasEnded([...events, ...client.events]),
    );
    // What came beyond the cut was on its way when the connection ended.
    for (const event of client.events.slice(0, frames)) {
      (events.some((one) => idOf(one) === idOf(event)) ? again : events).push(event);
    }
    after = `${epoch}:${events.at(-1)?.seq ?? start.split(":")[1]}`;
    if (hasEnded(events)) break;
  }
  return { events, again };
}

test("sockets that are cut at random points of a turn miss no event and no view, and get no event twice", async () => {
  await using world = await createHubWorld();
  const { hub, model } = world;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  using whole = await StreamClient.open(hub, { types });
  const { epoch, head } = await whole.frame("ready");
  const words = Array.from({ length: 120 }, (_, i) => `word${i} `);
  model.turn(text([...words.slice(0, 40), gate("half"), ...words.slice(40)]));
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Talk" });
  const manyCuts = fc.array(fc.integer({ min: 1, max: 15 }), {
    minLength: 5,
    maxLength: 20,
    size: "max",
  });
  const readers = fc
    .sample(manyCuts, { numRuns: 12 })
    .map((cuts) => readWithCuts(hub, `${epoch}:${head}`, cuts));
  await whole.event("app_server.item.agent_message.delta");
  model.gate("half").release();
  await whole.until(() => hasEnded(whole.events));
  const end = await whole.event("app_server.turn.completed");
  const all = whole.events.filter(({ seq }) => seq <= end.seq);
  expect(all.filter(isView).length).toBeGreaterThanOrEqual(4);
  for (const { events, again } of await Promise.all(readers)) {
    expect(events.filter(({ seq }) => seq <= end.seq).map(idOf)).toEqual(all.map(idOf));
    expect(again.filter((event) => !isView(event))).toEqual([]);
  }
});
