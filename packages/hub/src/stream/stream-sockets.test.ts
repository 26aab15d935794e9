import { once } from "node:events";
import { setImmediate as nextLoop } from "node:timers/promises";
import { expect, test } from "vitest";
import { createBareStream, openDeadSocket } from "../../fixtures/bare-stream.ts";
import { StreamClient } from "../../fixtures/hub-world.ts";
import { type NewEvent, toNewEvent } from "../journal/event.ts";

function facts(
  count: number,
  type = "a.fact",
  threadId: string | null = null,
  size = 0,
): NewEvent[] {
  const payload = { text: "x".repeat(size) };
  return Array.from({ length: count }, () => toNewEvent(type, threadId, payload, 1));
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

test("the first frame says where the journal stands", async () => {
  await using stream = await createBareStream();
  await stream.log.append(facts(3));
  using client = await StreamClient.open(stream, { threadId: "t" });
  expect(client.frames).toEqual([
    { type: "ready", threadId: "t", protocol: 1, epoch: stream.journal.epoch, head: 3 },
  ]);
});

test("after a cursor come the past, caught_up, and then what happens", async () => {
  await using stream = await createBareStream();
  await stream.log.append(facts(5));
  using client = await StreamClient.open(stream, { after: `${stream.journal.epoch}:2` });
  await client.frame("caught_up");
  await stream.log.append(facts(1));
  await client.event("a.fact", (event) => event.seq === 6);
  expect(
    client.frames.map((frame) => ("seq" in frame ? `${frame.type} ${frame.seq}` : frame.type)),
  ).toEqual(["ready", "a.fact 3", "a.fact 4", "a.fact 5", "caught_up 5", "a.fact 6"]);
});

test("subscribe replaces the filter and is acknowledged with the place delivery goes on from", async () => {
  await using stream = await createBareStream();
  const { epoch } = stream.journal;
  using client = await StreamClient.open(stream);
  await stream.log.append([...facts(1, "a.fact", "t1"), ...facts(1, "b.fact", "t1")]);
  await client.event("b.fact");
  client.send({ type: "subscribe", threadId: "t1", types: ["b.*"] });
  expect(await client.frame("subscribed")).toEqual({
    type: "subscribed",
    threadId: "t1",
    types: ["b.*"],
    from: `${epoch}:2`,
  });
  await stream.log.append([
    ...facts(1, "a.fact", "t1"),
    ...facts(1, "b.fact", "t2"),
    ...facts(1, "b.fact", "t1"),
  ]);
  await client.event("b.fact", (event) => event.seq === 5);
  expect(client.seqs).toEqual([1, 2, 5]);

  client.send({ type: "subscribe", after: `${epoch}:3` });
  await client.frame("caught_up");
  expect(client.seqs).toEqual([1, 2, 5, 4, 5]);
  client.send({ type: "unsubscribe" });
  await client.frame("subscribed", (frame) => "from" in frame && frame.from === `${epoch}:5`);
});

test("a ping is answered, and what is no command gets an error and ends nothing", async () => {
  await using stream = await createBareStream();
  using client = await StreamClient.open(stream);
  client.socket.send("");
  client.socket.send("{");
  client.socket.send(Buffer.from([1, 2]));
  client.send({ type: "subscribe", threadId: 7 });
  client.send({ type: "subscribe", after: "nonsense" });
  client.send({ type: "ping" });
  await client.frame("pong");
  const errors = client.frames.filter((frame) => frame.type === "error");
  expect(errors.map((frame) => ("code" in frame ? frame.code : ""))).toEqual([
    "invalid_command",
    "invalid_command",
    "invalid_command",
    "invalid_cursor",
  ]);
  await stream.log.append(facts(1));
  await client.event("a.fact");
});

test("a command that is too large ends the connection", async () => {
  await using stream = await createBareStream();
  using client = await StreamClient.open(stream);
  client.socket.send("x".repeat(70_000));
  const [code] = (await once(client.socket, "close")) as [number];
  expect(code).toBe(1009);
});

test("a reader that stops reading is told, costs a bounded amount, delays nobody, and misses nothing", async () => {
  await using stream = await createBareStream();
  using stalled = await StreamClient.open(stream);
  using other = await StreamClient.open(stream);
  stalled.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  const count = 40_000;
  for (let sent = 0; sent < count; sent += 100) {
    await stream.log.append(facts(100, "a.fact", "t", 1000));
    // The other reader keeps up: what was appended is at its socket before the next batch is.
    if (sent % 1000 === 0) await other.event("a.fact", (event) => event.seq >= sent);
  }
  await other.event("a.fact", (event) => event.seq === count);
  expect(other.seqs).toEqual(upTo(count));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
  expect(stalled.seqs.length).toBeLessThan(count);
  stalled.socket.resume();
  await stalled.event("a.fact", (event) => event.seq === count);
  await stalled.frame("caught_up");
  expect(stalled.seqs).toEqual(upTo(count));
  expect(stalled.frames.filter((frame) => frame.type === "lagging")).toHaveLength(1);
});

test("readers that come, are cut and come back while events are appended miss none and double none", async () => {
  await using stream = await createBareStream({ highWater: 20_000, lowWater: 4000 });
  const { epoch } = stream.journal;
  const total = 5000;
  let appended = 0;
  const append = async () => {
    while (appended < total) {
      const count = 1 + (appended % 17);
      appended += count;
      await stream.log.append(facts(count, "a.fact", "t", 50));
      await nextLoop();
    }
  };
  const read = async (every: number) => {
    const seqs: number[] = [];
    while ((seqs.at(-1) ?? 0) < total) {
      const after = `${epoch}:${seqs.at(-1) ?? 0}`;
      const client = await StreamClient.open(stream, { after });
      const until = Math.min(total, (seqs.at(-1) ?? 0) + every);
      await client.event("a.fact", (event) => event.seq >= until);
      client.cut();
      seqs.push(...client.seqs);
    }
    return seqs;
  };
  const readers = [read(700), read(333), read(1999), read(total)];
  await append();
  for (const seqs of await Promise.all(readers)) {
    expect(seqs).toEqual(upTo(seqs.at(-1)!));
    expect(seqs.length).toBeGreaterThanOrEqual(total);
  }
});

test("a peer that shows no life is dropped, one that answers is not", async () => {
  await using stream = await createBareStream();
  using alive = await StreamClient.open(stream);
  const dead = await openDeadSocket(stream);
  dead.pause();
  const pong = () => new Promise((resolve) => alive.socket.once("ping", resolve));
  for (let beat = 0; beat < 4; beat += 1) {
    const seen = pong();
    stream.connections.beat();
    await seen;
    // The answer arrives before the next beat.
    alive.send({ type: "ping" });
    await alive.frame("pong");
    alive.frames.length = 0;
  }
  dead.resume();
  await once(dead, "close");
  expect(stream.connections.size).toBe(1);
  await stream.log.append(facts(1));
  await alive.event("a.fact");
});

test("when the hub goes, readers are told", async () => {
  await using stream = await createBareStream();
  using client = await StreamClient.open(stream);
  stream.connections.close();
  const [code, reason] = (await once(client.socket, "close")) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1001, "hub_closing"]);
});
