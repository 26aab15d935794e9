/** The hub: the one place that puts its parts together, and takes them apart in the other order. */
import { createApp } from "./http/app.ts";
import { createGuard } from "./http/guard.ts";
import { listen } from "./http/server.ts";
import { EventLog } from "./journal/event-log.ts";
import { Projections } from "./journal/projection.ts";
import { Retention, type RetentionLimits, retain, toRetentionLimits } from "./journal/retention.ts";
import { SqliteJournal } from "./journal/sqlite-journal.ts";
import { StoredPosition } from "./journal/stored-position.ts";
import { createLog, type LogOptions } from "./log.ts";
import { Allowed, type AllowedOptions } from "./operations/allowed.ts";
import { Capabilities } from "./operations/capabilities.ts";
import { CodexCalls } from "./operations/codex-calls.ts";
import type { Services } from "./operations/context.ts";
import { Idempotency } from "./operations/idempotency.ts";
import { SystemStatus } from "./operations/system-status.ts";
import { ProjectChats } from "./projects/project-chats.ts";
import { createProjectProjection, ProjectStore } from "./projects/project-store.ts";
import { Projects } from "./projects/projects.ts";
import { createAnnouncedProjection } from "./requests/announced.ts";
import { Inbox } from "./requests/inbox.ts";
import { type Deadlines, defaultDeadlines } from "./requests/kind.ts";
import { Policies } from "./requests/policies.ts";
import { PolicySettings } from "./requests/policy-settings.ts";
import { RequestStore } from "./requests/request-store.ts";
import { Requests } from "./requests/requests.ts";
import { ToolCalls } from "./requests/tool-calls.ts";
import { createRuntime, type RuntimeKind } from "./runtime/create-runtime.ts";
import { ingest } from "./runtime/ingest.ts";
import { ThreadProgress } from "./runtime/thread-progress.ts";
import { LoadedThreads } from "./sessions/loaded-threads.ts";
import { Roster } from "./sessions/roster.ts";
import { SessionControls } from "./sessions/session-controls.ts";
import {
  createDefaultsProjection,
  DefaultsStore,
  SessionDefaults,
} from "./sessions/session-defaults.ts";
import { SessionLife } from "./sessions/session-life.ts";
import { createSessionProjection } from "./sessions/session-projection.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { SessionTurns } from "./sessions/session-turns.ts";
import { Sessions } from "./sessions/sessions.ts";
import { Standings } from "./sessions/standings.ts";
import { TurnStarter } from "./sessions/start-turn.ts";
import { readWhole, toKeptTurns } from "./sessions/threads.ts";
import { TurnTracker } from "./sessions/turn-tracker.ts";
import { type AuditLimits, AuditLog } from "./store/audit-log.ts";
import { openDatabase } from "./store/database.ts";
import { giveBackPages } from "./store/free-pages.ts";
import { openHome, readToken } from "./store/home.ts";
import { lockHome } from "./store/hub-lock.ts";
import { Connections } from "./stream/connections.ts";
import { Fanout } from "./stream/fanout.ts";
import { defaultLimits, type ReaderLimits, type ReaderSource } from "./stream/reader.ts";
import { SseOutlet } from "./stream/sse-outlet.ts";
import { StreamSockets } from "./stream/stream-sockets.ts";
import { Teardown } from "./teardown.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { Transcript } from "./transcript/transcript.ts";
import { createTranscriptProjection } from "./transcript/transcript-projection.ts";
import { TranscriptStore } from "./transcript/transcript-store.ts";

/** How a hub is started. */
export interface HubOptions extends AllowedOptions {
  /** Its home folder; made when it is not there. */
  readonly home: string;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 4777; 0 takes a free one. */
  readonly port?: number;
  /**
   * How codex is held. `private`, the default: a child that ends with the hub. `shared`: a process
   * that outlives the hub, on a socket in its home that other Codex clients can join.
   */
  readonly runtime?: RuntimeKind;
  /** The codex binary; default: found as `@signalbox/app-server` says. */
  readonly codexPath?: string;
  /** Environment codex runs in, merged over this process's; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where codex runs, and sessions that name no directory. Default: here. */
  readonly cwd?: string;
  /** Refuses changes of what new sessions begin with. Default false. */
  readonly lockDefaults?: boolean;
  /** What clients must show. Default: the one in the home folder, made on the first start. */
  readonly token?: string;
  readonly log?: LogOptions;
  /** How long questions wait for their answers, in ms, by kind. */
  readonly deadlines?: Partial<Deadlines>;
  /** How much of what was done is kept. */
  readonly audit?: Partial<AuditLimits>;
  /** How much of the journal is kept. Default: 30 days, deltas of finished items one day, 2 GiB. */
  readonly retention?: Partial<RetentionLimits>;
  /** Ms between two signs of life to each stream. Default 20,000. */
  readonly pingInterval?: number;
  /** Bounds of each stream. */
  readonly streamLimits?: Partial<ReaderLimits>;
  /** Holds outputs against the contract, for tests. Default false. */
  readonly checkOutputs?: boolean;
}

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
  const home = openHome(options.home);
  const lock = lockHome(home);
  undo.defer(() => lock.release());
  const token = options.token ?? readToken(home);
  const log = createLog(options.log ?? {}, [token]);

  const database = openDatabase(home.database);
  undo.defer(() => database.close());
  const journal = new SqliteJournal(database);
  undo.defer(() => journal.close());
  const sessionStore = new SessionStore(database);
  const audit = new AuditLog(database, log, options.audit);
  const requestStore = new RequestStore(database);
  const defaultsStore = new DefaultsStore(database);
  const projectStore = new ProjectStore(database);
  const transcriptStore = new TranscriptStore(database);
  const progress = new ThreadProgress(database);
  const projections = new Projections(
    database,
    journal,
    [
      createSessionProjection(sessionStore),
      createAnnouncedProjection(requestStore),
      createDefaultsProjection(defaultsStore),
      createProjectProjection(projectStore),
      createTranscriptProjection(transcriptStore),
      progress,
    ],
    (projection, event, err) =>
      log.error(
        { err, projection, seq: event.seq },
        "An event could not be applied and is passed over",
      ),
  );
  await projections.catchUp();
  const events = new EventLog(journal, projections);
  undo.defer(() => events.settled());
  const retention = new Retention({
    journal,
    limits: toRetentionLimits(options.retention),
    floor: () => ({ seq: projections.applied, at: requestStore.oldestUnsettledAt() }),
    position: new StoredPosition(database, "retention"),
    now: Date.now,
  });
  const stop = new AbortController();
  const retaining = retain(retention, () => giveBackPages(database), log, stop.signal);
  undo.defer(() => retaining);
  undo.defer(() => stop.abort());

  const fanout = new Fanout(journal.head);
  const connections = new Connections(options.pingInterval ?? 20_000);
  undo.defer(() => connections.close());
  undo.defer(events.onAppended((appended) => fanout.deliver(appended)));

  const runtime = createRuntime(options, home, progress, log);
  const turns = new TurnTracker();
  const standings = new Standings();
  const roster = new Roster(sessionStore, events, turns, standings);
  const transcript = new Transcript({
    database,
    store: transcriptStore,
    journal,
    events,
    roster,
    readTurns: async (threadId, signal) => toKeptTurns(await readWhole(runtime, threadId, signal)),
    log,
  });
  undo.defer(() => transcript.settled());
  undo.defer(events.onAppended((appended) => transcript.settleAfter(appended)));
  const loaded = new LoadedThreads(runtime, standings);
  const sessionLife = new SessionLife({ runtime, roster, loaded, log });
  const defaults = new SessionDefaults(defaultsStore, events, options.lockDefaults ?? false);
  const sessionControls = new SessionControls({ roster, defaults, loaded });
  const projects = new Projects({ store: projectStore, events, roster });
  const starter = new TurnStarter({ runtime, loaded, standings, log });
  const sessions = new Sessions({ runtime, roster, loaded, transcript, defaults, log });
  const sessionTurns = new SessionTurns({
    runtime,
    roster,
    turns,
    loaded,
    starter,
    life: sessionLife,
  });
  const policies = new Policies(database, { ...defaultDeadlines, ...options.deadlines });
  const requests = new Requests({
    store: requestStore,
    events,
    respond: (request, answer) => runtime.respond(request, answer),
    isSystemOwned: (threadId) => sessionStore.isSystemOwned(threadId),
    policies,
    audit,
    log,
  });
  await requests.recover(runtime.survivor);
  transcript.settleAll();

  const metrics = new Metrics({
    journalHead: () => journal.head,
    isWritable: () => events.writable,
    isRuntimeReady: () => runtime.isReady,
    runtimeGeneration: () => runtime.generation,
    streamReaders: () => connections.size,
  });
  undo.defer(events.onAppended((appended) => metrics.noteAppended(appended)));

  const giveUp = new AbortController();
  const ingesting = ingest({ events, runtime, roster, requests, log }, giveUp.signal).catch(
    (err: unknown) => {
      if (giveUp.signal.aborted) return;
      // Better no hub than one that hears and does not tell.
      log.fatal({ err }, "Events can't be taken any more");
      void runtime.close();
    },
  );
  undo.defer(() => ingesting);
  undo.defer(() => giveUp.abort());
  undo.defer(() => runtime.close());
  undo.defer(() => requests.close(runtime.survivor));
  await runtime.start();

  const env = { ...process.env, ...options.env };
  const system = new SystemStatus({ journal, log: events, runtime, env });
  const toolCalls = new ToolCalls(requestStore, requests);
  const inbox = new Inbox({ database, requests, toolCalls, roster });
  const idempotency = new Idempotency(database);
  const allowed = new Allowed(options);
  const services: Services = {
    system,
    capabilities: new Capabilities(runtime, allowed),
    codex: new CodexCalls(runtime, allowed),
    sessions,
    sessionTurns,
    sessionLife,
    inbox,
    policies: new PolicySettings(policies, roster),
    toolCalls,
    idempotency,
    metrics,
    audit,
    sessionControls,
    projects,
    projectChats: new ProjectChats({ store: projectStore, projects, roster, life: sessionLife }),
    transcript,
  };
  const source: ReaderSource = {
    journal,
    fanout,
    limits: { ...defaultLimits, ...options.streamLimits },
    isHidden: (threadId) => sessionStore.isSystemOwned(threadId),
  };
  const sockets = new StreamSockets(source, connections);
  const host = options.host ?? "127.0.0.1";
  const guard = createGuard({ token, host });
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
  const server = await listen(host, options.port ?? 4777, {
    app,
    guard,
    acceptStream: (request, socket, head, query) => sockets.accept(request, socket, head, query),
  });
  undo.defer(() => {
    connections.close();
    return server.close();
  });
  log.info({ url: server.url, home: home.folder }, "The hub listens");

  const close = () => undo.run();
  return { url: server.url, port: server.port, token, close, [Symbol.asyncDispose]: close };
}
