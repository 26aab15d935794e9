/** Server-Sent Events on real connections. */
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { toNewEvent } from "../journal/event.ts";
import { EventLog } from "../journal/event-log.ts";
import { Projections } from "../journal/projection.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { Fanout } from "./fanout.ts";
import { defaultLimits } from "./reader.ts";
import { SseOutlet } from "./sse-outlet.ts";
import type { StreamQuery } from "./stream-query.ts";

const live: StreamQuery = { threadId: null, types: null, legacy: false, after: undefined };

async function openSse(query: (epoch: string) => StreamQuery = () => live) {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const log = new EventLog(journal, new Projections(database, journal, [], () => {}));
  const fanout = new Fanout(0);
  log.onAppended((events) => fanout.deliver(events));
  const outlets: { outlet: SseOutlet; response: ServerResponse }[] = [];
  const server = createServer((_request, response) => {
    const source = { journal, fanout, limits: defaultLimits, isHidden: () => false };
    outlets.push({ outlet: new SseOutlet(response, source, query(journal.epoch)), response });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    journal,
    log,
    outlets,
    async open(): Promise<SseReader> {
      const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      return new SseReader(response);
    },
    append: (count: number, size = 0) =>
      log.append(
        Array.from({ length: count }, () =>
          toNewEvent("a.fact", null, { text: "x".repeat(size) }, 1),
        ),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      database.close();
    },
  };
}

/** Keeps the fields of each block, and comments. */
class SseReader {
  readonly blocks: string[] = [];
  readonly response: IncomingMessage;
  #rest = "";

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8").on("error", () => {});
    response.on("data", (text: string) => {
      const blocks = (this.#rest + text).split("\n\n");
      this.#rest = blocks.pop()!;
      this.blocks.push(...blocks);
      response.emit("block");
    });
  }

  async until(found: (block: string) => boolean): Promise<string> {
    for (;;) {
      const block = this.blocks.find(found);
      if (block !== undefined) return block;
      await once(this.response, "block");
    }
  }

  get seqs(): number[] {
    return this.blocks
      .filter((block) => block.startsWith("id: "))
      .map((block) => Number(/^id: \w+:(\d+)\n/.exec(block)![1]));
  }
}

test("an SSE reader that does not read costs a bounded amount, is told, and then misses nothing", async () => {
  await using sse = await openSse();
  const reader = await sse.open();
  await reader.until((block) => block.startsWith("event: ready"));
  reader.response.pause();
  const { response } = sse.outlets[0]!;
  let most = 0;
  for (let sent = 0; sent < 20_000; sent += 100) {
    await sse.append(100, 1000);
    most = Math.max(most, response.writableLength);
  }
  expect(most).toBeGreaterThan(defaultLimits.highWater);
  expect(most).toBeLessThan(defaultLimits.highWater + 512 * 1024);
  reader.response.resume();
  await reader.until((block) => block.startsWith("event: caught_up"));
  expect(reader.blocks.filter((block) => block.startsWith("event: lagging"))).toHaveLength(1);
  expect(reader.seqs).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
});

test("a quiet SSE stream shows that it lives by comments, which are no events", async () => {
  await using sse = await openSse();
  const reader = await sse.open();
  await reader.until((block) => block.startsWith("event: ready"));
  sse.outlets[0]!.outlet.beat();
  expect(await reader.until((block) => block.startsWith(":"))).toBe(": beat");
  await sse.append(1);
  await reader.until((block) => block.startsWith("id: "));
  expect(reader.seqs).toEqual([1]);
});

test("what an SSE reader can't be given any more is a gap event with the cursor to go on from", async () => {
  await using sse = await openSse((epoch) => ({ ...live, after: { epoch, seq: 1 } }));
  await sse.append(6);
  await sse.journal.trim(4);
  const reader = await sse.open();
  const gap = await reader.until((block) => block.startsWith("event: gap"));
  const { epoch } = sse.journal;
  const frame = { type: "gap", reason: "retention", from: `${epoch}:1`, to: `${epoch}:4` };
  expect(gap).toBe(`event: gap\ndata: ${JSON.stringify(frame)}`);
  await reader.until((block) => block.startsWith("event: caught_up"));
  expect(reader.seqs).toEqual([5, 6]);
});
