/** For a file of tests: a hub that misbehaves as told, and clients of it that reconnect at once. */
import {
  type ConnectionEvent,
  type HandlerFailure,
  Signalbox,
  type SignalboxOptions,
} from "@signalbox/sdk";
import { afterAll, afterEach, beforeEach } from "vitest";
import { FaultyHub } from "./faulty-hub/commands.ts";

/** Starts the hub, which ends with the file; each test begins without faults, in an epoch `e1` with no events. */
export async function openFaultyWorld() {
  const hub = await FaultyHub.start();
  afterAll(() => hub[Symbol.asyncDispose]());
  let stop = new AbortController();
  beforeEach(async () => {
    stop = new AbortController();
    await hub.tell({ do: "faults", faults: {} });
    await hub.newEpoch("e1");
  });
  afterEach(() => stop.abort());

  return {
    hub,
    /** Of the test that runs; its end aborts it. */
    get stop() {
      return stop;
    },
    /** Another one, for what runs in the same test after the first was aborted. */
    renewStop() {
      stop = new AbortController();
    },
    /** A client that reconnects at once, so that no test waits. */
    connect(options: Partial<SignalboxOptions> = {}) {
      const failures: HandlerFailure[] = [];
      const box = new Signalbox({
        url: hub.url,
        token: hub.token,
        onHandlerError: (failure) => failures.push(failure),
        ...options,
        stream: { backoff: { base: 1, cap: 5, stableAfter: 0 }, ...options.stream },
      });
      const notices: ConnectionEvent[] = [];
      box.onConnection((notice) => void notices.push(notice));
      /** Resolves at the next notice of this type. */
      const next = <Type extends ConnectionEvent["type"]>(type: Type) =>
        new Promise<Extract<ConnectionEvent, { type: Type }>>((resolve) => {
          const unregister = box.onConnection((notice) => {
            if (notice.type !== type) return;
            unregister();
            resolve(notice as Extract<ConnectionEvent, { type: Type }>);
          });
        });
      return { box, notices, next, failures };
    },
  };
}
