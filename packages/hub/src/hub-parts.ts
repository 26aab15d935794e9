/** The parts of a hub that act: what operations are done with, and what hears codex. */
import { join } from "node:path";
import { createDispatch, type Dispatch } from "./dispatch/create-dispatch.ts";
import { EarlierSends } from "./dispatch/messages/earlier-sends.ts";
import { createTriggering, type Triggering } from "./dispatch/triggers/create-triggers.ts";
import type { HubOptions } from "./hub-options.ts";
import type { HubState } from "./hub-state.ts";
import type { Log } from "./log.ts";
import { Allowed } from "./operations/allowed.ts";
import { Capabilities } from "./operations/capabilities.ts";
import { CodexCalls } from "./operations/codex-calls.ts";
import type { Services } from "./operations/context.ts";
import { Idempotency } from "./operations/idempotency.ts";
import { StatusCounts } from "./operations/status-counts.ts";
import { SystemStatus } from "./operations/system-status.ts";
import { ProjectChats } from "./projects/project-chats.ts";
import { Projects } from "./projects/projects.ts";
import { Inbox } from "./requests/inbox.ts";
import { defaultDeadlines } from "./requests/kind.ts";
import { Policies } from "./requests/policies.ts";
import { PolicySettings } from "./requests/policy-settings.ts";
import { Requests } from "./requests/requests.ts";
import { ToolCalls } from "./requests/tool-calls.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { AttachedSessions } from "./sessions/attached-sessions.ts";
import { Discovery } from "./sessions/discovery.ts";
import { Goals } from "./sessions/goals.ts";
import { Handles } from "./sessions/handles.ts";
import { LoadedThreads } from "./sessions/loaded-threads.ts";
import { Presets } from "./sessions/presets/presets.ts";
import { Roster } from "./sessions/roster.ts";
import { Selectors } from "./sessions/selectors.ts";
import { SessionControls } from "./sessions/session-controls.ts";
import { SessionCopies } from "./sessions/session-copies.ts";
import { SessionDefaults } from "./sessions/session-defaults.ts";
import { SessionLife } from "./sessions/session-life.ts";
import { SessionStart } from "./sessions/session-start.ts";
import { SessionTurns } from "./sessions/session-turns.ts";
import { Sessions } from "./sessions/sessions.ts";
import { Standings } from "./sessions/standings.ts";
import { TurnStarter } from "./sessions/start-turn.ts";
import { readWhole, toKeptTurns } from "./sessions/threads.ts";
import { TurnTracker } from "./sessions/turn-tracker.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { Transcript } from "./transcript/transcript.ts";
import { SessionWait } from "./waiting/session-wait.ts";
import { SessionWatch } from "./waiting/session-watch.ts";

/** The parts. */
export interface HubParts {
  readonly services: Services;
  readonly roster: Roster;
  readonly requests: Requests;
  readonly dispatch: Dispatch;
  readonly triggering: Triggering;
}

/** Puts the parts together on a state and a runtime that is not started yet. `streamReaders` counts open streams; `closing` fires when the hub ends. */
export function createParts(
  options: HubOptions,
  state: HubState,
  runtime: Runtime,
  streamReaders: () => number,
  closing: AbortSignal,
  log: Log,
): HubParts {
  const { database, journal, events, audit } = state;
  // A thread that is free may have messages waiting, once everything is there.
  const turns = new TurnTracker();
  const standings = new Standings();
  const roster = new Roster(state.sessions, events, turns, standings);
  const transcript = new Transcript({
    database,
    store: state.transcripts,
    journal,
    events,
    roster,
    readTurns: async (threadId, signal) => toKeptTurns(await readWhole(runtime, threadId, signal)),
    log,
  });

  const loaded = new LoadedThreads(runtime, standings);
  const handles = new Handles(state.sessions);
  const life = new SessionLife({ runtime, roster, loaded, handles, log });
  const defaults = new SessionDefaults(state.defaults, events, options.lockDefaults ?? false);
  const starter = new TurnStarter({ runtime, loaded, standings, log });
  const projects = new Projects({ store: state.projects, events, roster });

  const copies = new SessionCopies({ runtime, roster, loaded, handles });
  const dispatch = createDispatch({
    options,
    state,
    runtime,
    roster,
    turns,
    loaded,
    starter,
    log,
  });
  turns.onFree((threadId) => dispatch.noteFree(threadId));
  const presets = new Presets({
    ownFile: join(options.home, "config.toml"),
    cwd: options.cwd ?? process.cwd(),
    defaults: () => defaults.get(),
  });

  const policies = new Policies(state.policies, { ...defaultDeadlines, ...options.deadlines });
  const requests = new Requests({
    store: state.requests,
    events,
    respond: (request, answer) => runtime.respond(request, answer),
    isSystemOwned: (threadId) => state.sessions.isSystemOwned(threadId),
    isAttached: (threadId) => state.sessions.get(threadId)?.authority === "attached",
    policies,
    audit,
    log,
  });
  const toolCalls = new ToolCalls(state.requests, requests);

  const selectors = new Selectors(state.sessions);
  const triggering = createTriggering({
    state,
    runtime,
    roster,
    selectors,
    requests,
    dispatch,
    log,
  });

  const inbox = new Inbox({ database, requests, toolCalls, roster });
  const allowed = new Allowed(options);
  const services: Services = {
    system: new SystemStatus({
      journal,
      log: events,
      runtime,
      counts: new StatusCounts(database),
      env: { ...process.env, ...options.env },
    }),
    capabilities: new Capabilities(runtime, allowed),
    codex: new CodexCalls(runtime, allowed),
    selectors,
    sessions: new Sessions({ runtime, roster, transcript }),
    sessionTurns: new SessionTurns({ runtime, roster, turns, loaded, copies }),
    presets,
    sessionStart: new SessionStart({
      runtime,
      roster,
      loaded,
      handles,
      defaults,
      presets,
      say: (input) => dispatch.sender.send(input),
      log,
    }),
    sessionCopies: copies,
    sessionLife: life,
    goals: new Goals({ runtime, roster, loaded }),
    sender: dispatch.sender,
    earlierSends: new EarlierSends(dispatch.sender, roster),
    messages: dispatch.messages,
    attachedSessions: new AttachedSessions({
      runtime,
      roster,
      handles,
      async forgetQuestions(threadId) {
        await events.append(requests.withdrawals.expireThread(threadId, Date.now()));
      },
      log,
    }),
    discovery: new Discovery(runtime, roster),
    sessionWatch: new SessionWatch({
      events,
      roster,
      source: { journal, isHidden: (threadId) => state.sessions.isSystemOwned(threadId) },
      closing,
    }),
    sessionWait: new SessionWait({
      events,
      roster,
      turns,
      runtime,
      progress: state.progress,
      transcript,
      inbox,
      closing,
    }),
    sessionControls: new SessionControls({ roster, defaults, loaded }),
    projects,
    projectChats: new ProjectChats({ store: state.projects, projects, roster, life }),
    transcript,
    inbox,
    policies: new PolicySettings(policies, roster, events),
    toolCalls,
    triggering,
    idempotency: new Idempotency(database),
    audit,
    metrics: new Metrics({
      journalHead: () => journal.head,
      isWritable: () => events.writable,
      isRuntimeReady: () => runtime.isReady,
      runtimeGeneration: () => runtime.generation,
      streamReaders,
    }),
  };
  return { services, roster, requests, dispatch, triggering };
}
