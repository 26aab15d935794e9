/** What a test can tell the faulty hub to do, and what it can be asked. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type ClientFrame, type StreamEvent, viewEvents } from "@signalbox/contract";

/** What goes wrong from now on; each `faults` command replaces them all. */
export interface Faults {
  /** Cut each connection after this many events. */
  readonly cutAfter?: number;
  /** Send every event twice. */
  readonly isDoubling?: boolean;
  /** Answer nothing and send nothing, on sockets that stay open. */
  readonly isSilent?: boolean;
  /** Keep subscriptions unanswered until the faults change. */
  readonly isHoldingSubscriptions?: boolean;
  /** Never answer an upgrade. */
  readonly isHangingUpgrades?: boolean;
  /** Refuse every request and upgrade, with this code where a body can say it. */
  readonly refuse?: string;
  /** The oldest seq that is still there. */
  readonly oldest?: number;
  /** Sent after `ready`, before any subscription. */
  readonly beforeSubscribed?: readonly StreamEvent[];
  /** The next HTTP answers; then `{}`. */
  readonly answers?: ({ status: number; body: string } | "hang" | "drop")[];
}

export type Command =
  | { readonly do: "append"; readonly events: readonly StreamEvent[] }
  | { readonly do: "faults"; readonly faults: Faults }
  | { readonly do: "cut"; readonly code?: number }
  | { readonly do: "send"; readonly text: string }
  | { readonly do: "epoch"; readonly epoch: string }
  | { readonly do: "report" };

/** What the hub has seen so far. */
export interface Report {
  readonly connections: number;
  readonly open: number;
  readonly pings: number;
  readonly subscriptions: (ClientFrame & { type: "subscribe" })[];
  readonly requests: {
    method: string;
    url: string;
    authorization: string | null;
    headers: Record<string, string | string[] | undefined>;
    body: string;
  }[];
}

/** A faulty hub in a process of its own. */
export class FaultyHub implements AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (report: Report) => void>();
  #ids = 0;
  #seq = 0;

  private constructor(child: ChildProcess, address: { url: string; token: string }) {
    this.#child = child;
    this.url = address.url;
    this.token = address.token;
    child.on("message", ({ id, report }: { id: number; report: Report }) => {
      this.#waiting.get(id)?.(report);
      this.#waiting.delete(id);
    });
  }

  static async start(): Promise<FaultyHub> {
    const child = fork(new URL("./process.ts", import.meta.url), {
      execArgv: ["--conditions=@signalbox/source"],
    });
    const [address] = await once(child, "message");
    return new FaultyHub(child, address);
  }

  /** Resolves once the hub has obeyed, with what it has seen by then. */
  tell(command: Command): Promise<Report> {
    const id = this.#ids++;
    const { promise, resolve } = Promise.withResolvers<Report>();
    this.#waiting.set(id, resolve);
    this.#child.send({ id, command });
    return promise;
  }

  /**
   * Appends events of these types, in order; `type@thread` gives one a thread. Views, and what is
   * named `view_*`, share the seq of the one before.
   */
  async append(...names: string[]): Promise<StreamEvent[]> {
    const events = names.map((name) => {
      const [type = "", threadId = null] = name.split("@");
      if (!type.startsWith("view_") && !Object.hasOwn(viewEvents, type)) this.#seq += 1;
      return { type, threadId, payload: null, seq: this.#seq, at: 0 };
    });
    await this.tell({ do: "append", events });
    return events;
  }

  /** A new numbering: everything before is gone. */
  async newEpoch(epoch: string): Promise<void> {
    this.#seq = 0;
    await this.tell({ do: "epoch", epoch });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }
}
