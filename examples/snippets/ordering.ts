/** Threads side by side, and cursors that outlive a process. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CursorStore } from "@signalbox/sdk";
import { fileCursorStore, Signalbox } from "@signalbox/sdk/node";

const folder = await mkdtemp(join(tmpdir(), "cursors-"));
const path = join(folder, "cursors.json");
await using box = Signalbox.fromEnv();
const { session } = await box.sessions.create({});
const { sessionId } = session;

const stop = new AbortController();
box.onTurn("completed", () => stop.abort());

// #region thread
const running = box.stream.runForever({
  ordering: "thread",
  lanes: 32,
  cursor: fileCursorStore(path),
  signal: stop.signal,
});
// #endregion thread

const { turnId } = await box.sessions.sendMessage({ sessionId, text: "Say hello." });
await box.wait.turn({ sessionId, turnId });
stop.abort();
await running;

// #region store
const store: CursorStore = {
  load: (key) => readFile(join(folder, key), "utf8").catch(() => undefined),
  save: (key, cursor) => writeFile(join(folder, key), cursor),
};
// #endregion store

const { journal } = await box.system.health();
await store.save("audit", `${journal.epoch}:0`);
// #region key
const types = ["app_server.turn.completed"];
for await (const event of box.stream.events({ types, cursor: store, cursorKey: "audit" })) {
  console.log(event.seq);
  break;
}
// #endregion key
await rm(folder, { recursive: true });
