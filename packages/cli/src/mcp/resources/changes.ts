/**
 * What changed in the hub, as changes of resources. The hub's stream is open while somebody follows
 * and closed otherwise. Changes are gathered for a moment, so that a busy session is told of once.
 */
import type { StreamEvent } from "@signalbox/contract";
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

/** Follows one hub. */
export class HubChanges {
  readonly #calls: HubCalls;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<ChangeListener>();
  #stop: AbortController | undefined;

  /** `report` is told why the stream could not be had; whoever follows next tries again. */
  constructor(calls: HubCalls, report: (error: unknown) => void) {
    this.#calls = calls;
    this.#report = report;
  }

  /** Follows until the function it gives is called, which is idempotent. */
  follow(listener: ChangeListener): () => void {
    // Of its own, so that the same function given twice is two.
    const own: ChangeListener = (change) => listener(change);
    this.#listeners.add(own);
    if (this.#stop === undefined) void this.#run();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  async #run(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    const gathered = new Gathered((change) => {
      for (const listener of this.#listeners) listener(change);
    });
    try {
      const box = this.#calls.client();
      for await (const event of box.stream.events({ types, signal: stop.signal })) {
        for (const change of changesOf(event)) gathered.add(change);
      }
    } catch (error) {
      this.#report(error);
    } finally {
      gathered.close();
      if (this.#stop === stop) this.#stop = undefined;
    }
  }
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
