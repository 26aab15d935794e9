/**
 * What changed in the hub, as changes of resources. The hub's stream is open while somebody follows
 * and closed otherwise. Changes are gathered for a moment, so that a busy session is told of once.
 */
import type { StreamEvent } from "@signalbox/contract";
import type { ConnectionEvent } from "@signalbox/sdk/node";
import type { HubCalls } from "../hub-calls.ts";
import { sessionsUri, toUri } from "./address.ts";

/** One change, as the library takes it. */
export type ResourceChange =
  | { readonly kind: "resource_updated"; readonly uri: string }
  | { readonly kind: "resources_list_changed" };

/** Told of each change. */
export type ChangeListener = (change: ResourceChange) => void;

/** Milliseconds for which changes are gathered. */
export const gatherFor = 200;

/** Everything but deltas, which the items they belong to repeat. */
const types = [
  "session.*",
  "transcript.upserted",
  "request.*",
  "queue.*",
  "message.*",
  "app_server.turn.*",
  "app_server.item.started",
  "app_server.item.completed",
  "app_server.thread.*",
];

/** Events after which the list of sessions has others. */
const listEvents = new Set([
  "session.created",
  "session.archived",
  "session.unarchived",
  "session.deleted",
]);

/** One who follows. */
export interface Following {
  /** Resolves once nothing is missed any more, or the hub could not be reached at once. */
  readonly ready: Promise<void>;
  /** Idempotent. */
  end(): void;
}

/** Follows one hub. */
export class HubChanges {
  readonly #calls: HubCalls;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<ChangeListener>();
  #run: Run | undefined;

  /** `report` is told why the stream could not be had; whoever follows next tries again. */
  constructor(calls: HubCalls, report: (error: unknown) => void) {
    this.#calls = calls;
    this.#report = report;
  }

  /** Tells the listener of every change from now on. A hub that is away is waited for. */
  follow(listener: ChangeListener): Following {
    // Of its own, so that the same function given twice is two.
    const own: ChangeListener = (change) => listener(change);
    this.#listeners.add(own);
    this.#run ??= this.#start();
    return {
      ready: this.#run.ready,
      end: () => {
        this.#listeners.delete(own);
        if (this.#listeners.size > 0) return;
        this.#run?.stop.abort();
        this.#run = undefined;
      },
    };
  }

  #start(): Run {
    const stop = new AbortController();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const run = { stop, ready };
    const reading = this.#read(stop.signal, resolve);
    void reading.catch(this.#report).finally(() => {
      resolve();
      if (this.#run === run) this.#run = undefined;
    });
    return run;
  }

  async #read(signal: AbortSignal, onReady: () => void): Promise<void> {
    const gathered = new Gathered((change) => {
      for (const listener of this.#listeners) listener(change);
    });
    try {
      const { stream } = this.#calls.client();
      const onConnection = ({ type }: ConnectionEvent) => {
        if (type === "connected" || type === "disconnected") onReady();
      };
      for await (const event of stream.events({ types, signal, onConnection })) {
        for (const change of changesOf(event)) gathered.add(change);
      }
    } finally {
      gathered.close();
    }
  }
}

/** The stream while it is followed. */
interface Run {
  readonly stop: AbortController;
  readonly ready: Promise<void>;
}

/** Changes that wait to be told, each once. */
class Gathered {
  readonly #waiting = new Map<string, ResourceChange>();
  readonly #tell: ChangeListener;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: ChangeListener) {
    this.#tell = tell;
  }

  add(change: ResourceChange): void {
    this.#waiting.set(change.kind === "resource_updated" ? change.uri : "", change);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const one of changes) this.#tell(one);
    }, gatherFor);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

function* changesOf({ type, threadId, payload }: StreamEvent): Generator<ResourceChange> {
  const updated = (uri: string) => ({ kind: "resource_updated", uri }) as const;
  if (type.startsWith("session.")) yield updated(sessionsUri);
  if (listEvents.has(type)) yield { kind: "resources_list_changed" };
  // The end of a session is told to everybody, and so of no thread.
  const { sessionId } = payload as { readonly sessionId?: unknown };
  const session = threadId ?? (typeof sessionId === "string" ? sessionId : undefined);
  if (session === undefined) return;
  yield updated(toUri({ kind: "session", session }));
  yield updated(toUri({ kind: "transcript", session, after: undefined }));
  yield updated(toUri({ kind: "events", session, after: undefined }));
}
