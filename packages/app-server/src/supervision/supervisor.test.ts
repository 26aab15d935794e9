import { describe, expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import type { Connection, RuntimeInfo } from "../rpc/connection.ts";
import { type Supervised, Supervisor } from "./supervisor.ts";

const lost = new AppServerError("transport_closed", "the process is gone");
const restart = {
  initialDelay: 0,
  maxDelay: 0,
  stableAfter: Number.POSITIVE_INFINITY,
  maxAttempts: 3,
};
const never = new AbortController().signal;

/** A connection that ends when the test says so. */
class StandIn {
  readonly info = {} as RuntimeInfo;
  isOpen = true;
  isClosed = false;
  readonly #ended = Promise.withResolvers<AppServerError>();

  get ended(): Promise<AppServerError> {
    return this.#ended.promise;
  }

  end(error: AppServerError = lost): void {
    this.isOpen = false;
    this.#ended.resolve(error);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.end();
  }
}

function setUp(
  options: typeof restart | false = restart,
  over: Partial<Supervised> & { open?: (n: number) => Promise<StandIn> } = {},
) {
  const made: StandIn[] = [];
  const told: string[] = [];
  const over_ = Promise.withResolvers<AppServerError>();
  const { open = async () => new StandIn(), ...rest } = over;
  const supervisor = new Supervisor(options, {
    connect: async () => {
      const connection = await open(made.length);
      made.push(connection);
      return connection as unknown as Connection;
    },
    started: () => told.push("started"),
    exited: () => told.push("exited"),
    restarting: (attempt) => told.push(`restarting ${attempt}`),
    recover: async () => void told.push("recovered"),
    gaveUp: (error) => {
      told.push("gave up");
      over_.resolve(error);
    },
    ...rest,
  });
  return { supervisor, made, told, gaveUp: over_.promise };
}

describe("a supervisor", () => {
  test("makes a new connection when one is lost, and is ready only when what was lost is back", async () => {
    const { supervisor, made, told } = setUp();
    await supervisor.start();
    made[0]?.end();
    await made[0]?.ended;
    expect(supervisor.state).toBe("restarting");
    await supervisor.ready(never);
    expect(told).toEqual(["started", "exited", "restarting 1", "started", "recovered"]);
    expect(supervisor).toMatchObject({ state: "ready", generation: 2 });
    expect(made[0]?.isClosed).toBe(true);
    await supervisor.close(lost);
  });

  test("counts attempts on while connections don't last, and gives up at the bound, with the loss as reason", async () => {
    const { supervisor, told, gaveUp } = setUp(restart, {
      open: async (n) => {
        const connection = new StandIn();
        if (n > 0) queueMicrotask(() => connection.end());
        return connection;
      },
    });
    await supervisor.start();
    (supervisor.connection as unknown as StandIn).end();
    expect(await gaveUp).toBe(lost);
    expect(told.filter((what) => what.startsWith("restarting"))).toEqual([
      "restarting 1",
      "restarting 2",
      "restarting 3",
    ]);
    expect(supervisor.state).toBe("closed");
    await expect(supervisor.ready(never)).rejects.toBe(lost);
    await expect(supervisor.start()).rejects.toBe(lost);
  });

  test("counts from the beginning again after a connection that lasted", async () => {
    const { supervisor, told } = setUp({ ...restart, stableAfter: 0, maxAttempts: 1 });
    await supervisor.start();
    for (let n = 0; n < 5; n++) {
      (supervisor.connection as unknown as StandIn).end();
      await supervisor.connection?.ended;
      await supervisor.ready(never);
    }
    expect(told).not.toContain("gave up");
    expect(supervisor.generation).toBe(6);
    await supervisor.close(lost);
  });

  test("tries again when a connection can't be made, and gives up at the bound", async () => {
    const { supervisor, told, gaveUp } = setUp(restart, {
      open: async (n) => {
        if (n > 0) throw new Error("no binary");
        return new StandIn();
      },
    });
    await supervisor.start();
    (supervisor.connection as unknown as StandIn).end();
    expect(await gaveUp).toBe(lost);
    expect(told.filter((what) => what.startsWith("restarting"))).toHaveLength(3);
  });

  test("that may not restart gives up at the first loss", async () => {
    const { supervisor, told, gaveUp } = setUp(false);
    await supervisor.start();
    (supervisor.connection as unknown as StandIn).end();
    expect(await gaveUp).toBe(lost);
    expect(told).toEqual(["started", "exited", "gave up"]);
  });

  test("starts once for all who ask at once, and again after a start that failed", async () => {
    let fails = true;
    const { supervisor, made } = setUp(restart, {
      open: async () => {
        if (fails) throw new Error("not yet");
        return new StandIn();
      },
    });
    const first = await Promise.allSettled([supervisor.start(), supervisor.start()]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(supervisor.state).toBe("idle");
    fails = false;
    await Promise.all([supervisor.start(), supervisor.ready(never)]);
    expect(made).toHaveLength(1);
    await supervisor.close(lost);
  });

  test("that is closed ends its connection, also one that is being made, and settles who waits with the reason", async () => {
    const reason = new AppServerError("client_closed", "closed");
    const making = Promise.withResolvers<StandIn>();
    const asked = Promise.withResolvers<void>();
    const { supervisor, made, told } = setUp(restart, {
      open: async (n) => {
        if (n === 0) return new StandIn();
        asked.resolve();
        return making.promise;
      },
    });
    await supervisor.start();
    made[0]?.end();
    await asked.promise;
    const waiting = supervisor.ready(never);
    waiting.catch(() => {});
    const closing = supervisor.close(reason);
    making.resolve(new StandIn());
    await closing;
    await expect(waiting).rejects.toBe(reason);
    expect(made.every(({ isClosed }) => isClosed)).toBe(true);
    expect(told).not.toContain("recovered");
  });
});
