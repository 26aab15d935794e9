/**
 * What the scripted app-server knows of its threads, and the answers it gives when a script leaves
 * them to it. The shapes are the protocol's.
 */
import type {
  InitializeResponse,
  Thread,
  ThreadReadResponse,
  ThreadResumeResponse,
  ThreadStartResponse,
  Turn,
  TurnStartResponse,
  TurnSteerResponse,
} from "@signalbox/protocol";

type Params = Readonly<Record<string, unknown>>;

/** A request or notification, with the thread and turn it is about. */
export interface Subject {
  readonly method: string;
  readonly params: Params;
  readonly threadId: string | null;
  readonly turnId: string | null;
}

/** The threads and turns of one process. */
export class CannedState {
  readonly #threads = new Map<string, { cwd: string; readonly turns: Map<string, Turn> }>();
  readonly #version: string;
  readonly #userAgent: string | null | undefined;
  #turns = 0;

  constructor(version: string, userAgent: string | null | undefined) {
    this.#version = version;
    this.#userAgent = userAgent;
  }

  /** Says what a message is about; `thread/start` and `turn/start` make the thread and the turn. */
  subject(method: string, params: Params): Subject {
    const named = typeof params.threadId === "string" ? params.threadId : null;
    if (method === "thread/start" || method === "thread/fork") {
      const threadId = `thread-${this.#threads.size + 1}`;
      this.#thread(threadId).cwd = typeof params.cwd === "string" ? params.cwd : "/";
      return { method, params, threadId, turnId: null };
    }
    if (method === "turn/start" && named !== null) {
      this.#turns += 1;
      const turnId = `turn-${this.#turns}`;
      this.#thread(named).turns.set(turnId, cannedTurn(turnId));
      return { method, params, threadId: named, turnId };
    }
    const turnId = params.turnId ?? params.expectedTurnId ?? this.#running(named);
    return { method, params, threadId: named, turnId: typeof turnId === "string" ? turnId : null };
  }

  /** What actions that serve no message are about: the newest thread and its newest turn. */
  get newest(): Subject {
    const [threadId, thread] = [...this.#threads].at(-1) ?? [null, undefined];
    const turnId = thread === undefined ? null : ([...thread.turns.keys()].at(-1) ?? null);
    return { method: "", params: {}, threadId, turnId };
  }

  /** Keeps account of what was told: a turn that completed is no longer running. */
  told(method: string, params: unknown): void {
    if (method !== "turn/completed") return;
    const { threadId, turn } = params as { threadId?: string; turn?: Turn };
    const thread = this.#threads.get(threadId ?? "");
    if (turn !== undefined && thread?.turns.has(turn.id)) thread.turns.set(turn.id, turn);
  }

  /** Every turn that has been started and has not completed. */
  runningTurns(): { readonly threadId: string; readonly turnId: string }[] {
    return [...this.#threads].flatMap(([threadId, { turns }]) =>
      [...turns.values()]
        .filter((turn) => turn.status === "inProgress")
        .map((turn) => ({ threadId, turnId: turn.id })),
    );
  }

  /** The answer to a request about `subject`. */
  answer({ method, params, threadId, turnId }: Subject): unknown {
    switch (method) {
      case "initialize":
        return this.#initialized(params);
      case "thread/start":
      case "thread/fork":
        return this.#started(threadId as string) satisfies ThreadStartResponse;
      case "thread/resume":
        return {
          ...this.#started(threadId ?? "thread-1"),
          collaborationMode: null,
          initialTurnsPage: null,
          turnsBackwardsCursor: null,
          itemsBackwardsCursor: null,
        } satisfies ThreadResumeResponse;
      case "thread/read":
        return {
          thread: this.#describe(threadId ?? "thread-1", params.includeTurns === true),
          readState: null,
        } satisfies ThreadReadResponse;
      case "thread/list":
        return { data: this.#all(), readStates: null, nextCursor: null, backwardsCursor: null };
      case "thread/loaded/list":
        return { data: [...this.#threads.keys()], nextCursor: null };
      case "turn/start":
        return { turn: cannedTurn(turnId ?? "turn-0") } satisfies TurnStartResponse;
      case "turn/steer":
        return { turnId: turnId ?? "turn-0" } satisfies TurnSteerResponse;
      case "model/list":
        return { data: [], nextCursor: null };
      default:
        return {};
    }
  }

  #initialized(params: Params): object {
    const info = params.clientInfo as Params | undefined;
    const standard = `${String(info?.name)}/{{version}} (Scripted 1.0; x86_64) none`;
    const userAgent = (this.#userAgent ?? standard).replaceAll("{{version}}", this.#version);
    const rest = { codexHome: "/codex", platformFamily: "unix", platformOs: "linux" };
    if (this.#userAgent === null) return rest;
    return { userAgent, ...rest } satisfies InitializeResponse;
  }

  #running(threadId: string | null): string | undefined {
    return this.runningTurns().findLast((turn) => turn.threadId === threadId)?.turnId;
  }

  #thread(threadId: string): { cwd: string; readonly turns: Map<string, Turn> } {
    const thread = this.#threads.get(threadId) ?? { cwd: "/", turns: new Map<string, Turn>() };
    this.#threads.set(threadId, thread);
    return thread;
  }

  #all(): Thread[] {
    return [...this.#threads.keys()].map((threadId) => this.#describe(threadId, false));
  }

  #started(threadId: string): ThreadStartResponse {
    const thread = this.#describe(threadId, false);
    return {
      thread,
      model: "scripted",
      modelProvider: "scripted",
      serviceTier: null,
      disabledPluginIds: [],
      cwd: thread.cwd,
      runtimeWorkspaceRoots: [thread.cwd],
      instructionSources: [],
      approvalPolicy: "never",
      approvalsReviewer: "user",
      sandbox: { type: "dangerFullAccess" },
      activePermissionProfile: null,
      reasoningEffort: null,
      multiAgentMode: "explicitRequestOnly",
    };
  }

  #describe(threadId: string, withTurns: boolean): Thread {
    const { cwd, turns } = this.#thread(threadId);
    const busy = [...turns.values()].some((turn) => turn.status === "inProgress");
    return {
      id: threadId,
      environments: null,
      extra: null,
      sessionId: threadId,
      forkedFromId: null,
      attachedToThreadId: null,
      parentThreadId: null,
      preview: "",
      ephemeral: false,
      section: null,
      sectionEnteredAt: null,
      projectId: null,
      historyMode: "paginated",
      modelProvider: "scripted",
      model: "scripted",
      reasoningEffort: null,
      createdAt: 0,
      updatedAt: 0,
      recencyAt: 0,
      status: busy ? { type: "active", activeFlags: [] } : { type: "idle" },
      path: null,
      cwd,
      cliVersion: this.#version,
      originator: null,
      source: "vscode",
      canAcceptDirectInput: true,
      threadSource: null,
      agentNickname: null,
      agentRole: null,
      gitInfo: null,
      name: null,
      daybreakEnabled: null,
      turns: withTurns ? [...turns.values()] : [],
    };
  }
}

function cannedTurn(id: string): Turn {
  return {
    id,
    rootTurnId: id,
    items: [],
    itemsView: "notLoaded",
    status: "inProgress",
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
