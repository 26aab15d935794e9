/**
 * The hub: the one place that starts its parts and takes them apart in the other order. What it
 * remembers is opened in `hub-state.ts`, what acts is put together in `hub-parts.ts`.
 */
import { createApp } from "./http/app.ts";
import { createGuard } from "./http/guard.ts";
import { type HttpServer, listen } from "./http/server.ts";
import type { HubOptions } from "./hub-options.ts";
import { createParts, type HubParts } from "./hub-parts.ts";
import { type HubState, openState } from "./hub-state.ts";
import { createLog, type Log } from "./log.ts";
import { createRuntime } from "./runtime/create-runtime.ts";
import { ingest } from "./runtime/ingest.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { SilentTurns } from "./runtime/silent-turns.ts";
import { openHome, ownFile, readToken } from "./store/home.ts";
import { lockHome } from "./store/hub-lock.ts";
import { Connections } from "./stream/connections.ts";
import { Fanout } from "./stream/fanout.ts";
import { defaultLimits, type ReaderSource } from "./stream/reader.ts";
import { SseOutlet } from "./stream/sse-outlet.ts";
import { StreamSockets } from "./stream/stream-sockets.ts";
import { Teardown } from "./teardown.ts";
import { toSpan } from "./to-span.ts";

/** The silence of a turn after which codex is asked for it, in ms. */
const defaultSilentAfter = 15_000;

/** A hub that runs. */
export interface Hub extends AsyncDisposable {
  /** `http://HOST:PORT` */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /**
   * Takes no more requests, ends streams, open questions and a private codex, and closes the database.
   * A shared codex runs on, and its questions stay open. Idempotent; resolves when everything is gone.
   */
  close(): Promise<void>;
}

/**
 * Starts a hub; resolves when codex is ready and the hub listens. Rejects with `home_in_use`,
 * `store_too_new`, `invalid_request`, `listen_failed`, `codex_not_found`, `codex_too_old` or `codex_start_failed`; then
 * nothing is left running.
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const undo = new Teardown();
  try {
    return await assemble(options, undo);
  } catch (error) {
    // What went wrong first is what is told.
    await undo.run().catch(() => {});
    throw error;
  }
}

async function assemble(options: HubOptions, undo: Teardown): Promise<Hub> {
  const silentAfter = toSpan("silentAfter", options.silentAfter, defaultSilentAfter);
  const home = openHome(options.home);
  const lock = lockHome(home);
  undo.defer(() => lock.release());
  const token = options.token ?? readToken(home);
  const log = createLog(options.log ?? {}, [token], home.log);

  // SQLite gives the files beside it the same rights.
  ownFile(home.database);
  const state = await openState(home.database, options, log, undo);
  const { events } = state;
  const fanout = new Fanout(state.journal.head);
  const connections = new Connections(options.pingInterval ?? 20_000);
  undo.defer(() => connections.close());
  undo.defer(events.onAppended((appended) => fanout.deliver(appended)));

  const runtime = createRuntime(
    options,
    home,
    { progress: state.progress, isLetGo: (threadId) => state.sessions.isLetGo(threadId) },
    log,
  );
  const closing = new AbortController();
  const readers = () => connections.size;
  const parts = createParts(options, state, runtime, readers, closing.signal, log);
  const { metrics, transcript } = parts.services;
  undo.defer(() => transcript.settled());
  undo.defer(events.onAppended((appended) => transcript.settleAfter(appended)));
  undo.defer(events.onAppended((appended) => metrics.noteAppended(appended)));

  await parts.requests.recover(runtime.survivor);
  transcript.settleAll();
  const { dispatch } = parts;
  undo.defer(events.onAppended((appended) => dispatch.follow(appended)));
  undo.defer(() => dispatch.settled());
  const silentTurns = new SilentTurns(
    {
      runtime,
      progress: state.progress,
      isAsking: (threadId) => state.requests.pending({ thread: threadId }).length > 0,
      isWritable: () => events.writable,
      log,
    },
    silentAfter,
  );
  // When the runtime is closed, so that no look under way is waited for.
  undo.defer(() => silentTurns.stop());
  undo.defer(events.onAppended((appended) => silentTurns.follow(appended)));
  hear(runtime, state, parts, log, undo);
  await runtime.start();
  undo.defer(() => dispatch.stop());
  dispatch.open();
  undo.defer(() => parts.triggering.close());
  undo.defer(events.onAppended((appended) => parts.triggering.noteAppended(appended)));
  await parts.triggering.start();

  const source: ReaderSource = {
    journal: state.journal,
    fanout,
    limits: { ...defaultLimits, ...options.streamLimits },
    isHidden: (threadId) => state.sessions.isSystemOwned(threadId),
  };
  const server = await serve(options, token, parts, source, connections, log);
  undo.defer(() => {
    closing.abort();
    dispatch.letGo();
    connections.close();
    return server.close();
  });
  lock.announce(server.url);
  undo.defer(() => lock.withdraw());
  log.info({ url: server.url, home: home.folder }, "The hub listens");

  const close = () => undo.run();
  return { url: server.url, port: server.port, token, close, [Symbol.asyncDispose]: close };
}

/** Takes what the runtime tells into the journal, until it is taken down. */
function hear(
  runtime: Runtime,
  { events }: HubState,
  { roster, requests, dispatch }: HubParts,
  log: Log,
  undo: Teardown,
): void {
  const giveUp = new AbortController();
  const ingesting = ingest(
    { events, runtime, roster, requests, dispatch, log },
    giveUp.signal,
  ).catch((err: unknown) => {
    if (giveUp.signal.aborted) return;
    // Better no hub than one that hears and does not tell.
    log.fatal({ err }, "Events can't be taken any more");
    void runtime.close();
  });
  undo.defer(() => ingesting);
  undo.defer(() => giveUp.abort());
  undo.defer(() => runtime.close());
  undo.defer(() => requests.close(runtime.survivor));
}

/** Opens the doors: HTTP, and the stream on sockets and as SSE. */
function serve(
  options: HubOptions,
  token: string,
  { services }: HubParts,
  source: ReaderSource,
  connections: Connections,
  log: Log,
): Promise<HttpServer> {
  const host = options.host ?? "127.0.0.1";
  const guard = createGuard({ token, host });
  const sockets = new StreamSockets(source, connections);
  const app = createApp({
    guard,
    services,
    pages: source,
    log,
    checkOutputs: options.checkOutputs ?? false,
    openEventStream(response, query) {
      const remove = connections.add(new SseOutlet(response, source, query));
      response.on("close", remove);
    },
  });
  return listen(host, options.port ?? 4777, {
    app,
    guard,
    acceptStream: (request, socket, head, query) => sockets.accept(request, socket, head, query),
  });
}
