/**
 * Views: a journaled event under the names an earlier hub gave it. Derived when a socket that wants
 * them is written to, right after the event and with its seq. Never stored.
 */
import type {
  AppServerSignal,
  HubEventPayload,
  RequestResolution,
  RequestSignal,
  ViewName,
} from "@signalbox/contract";
import { encodeEvent, type StoredEvent } from "../journal/event.ts";
import { isAnsweredByHub, kindOf } from "../requests/kind.ts";
import { summaryOf } from "../requests/summary.ts";
import { toTranscriptUpdate, transcriptSources } from "../transcript/change.ts";

/** One view: from which events it derives, and how. */
interface View {
  /** Types of journaled events: exact, or prefixes ending in `*`. */
  readonly sources: readonly string[];
  /** The payload, or undefined when this event has no such view. */
  readonly derive: (event: StoredEvent) => object | undefined;
  /** The thread it is about, where that is not the event's. */
  readonly threadIdOf?: (event: StoredEvent) => string | null;
}

type Deleted = HubEventPayload<"session.deleted">;

type Request = RequestSignal<string, RequestParams>;

const signal = (event: StoredEvent) => event.value as AppServerSignal;

interface RequestParams {
  readonly itemId?: string;
  readonly callId?: string;
  readonly tool?: string;
  readonly arguments?: unknown;
  readonly questions?: readonly unknown[];
}

const approvalTypes = [
  "app_server.request.item.command_execution.request_approval",
  "app_server.request.item.file_change.request_approval",
  "app_server.request.exec_command_approval",
  "app_server.request.apply_patch_approval",
];

const views: Record<ViewName, View> = {
  approval: requested(approvalTypes, (request) => ({
    approvalId: request.requestId,
    ...pending(request),
  })),
  approval_resolved: resolved((resolution) =>
    resolution.kind === "command_approval" || resolution.kind === "file_change_approval"
      ? {
          approvalId: resolution.requestId,
          status: statusOf(resolution),
          ...(resolution.decision === null ? {} : { decision: resolution.decision }),
          ...(resolution.scope === null ? {} : { scope: resolution.scope }),
        }
      : undefined,
  ),
  tool_user_input_requested: requested(
    ["app_server.request.item.tool.request_user_input"],
    (request) => ({
      requestId: request.requestId,
      ...pending(request),
      questions: request.params.questions ?? [],
    }),
  ),
  tool_user_input_resolved: resolved((resolution) =>
    resolution.kind === "user_input"
      ? { requestId: resolution.requestId, status: statusOf(resolution) }
      : undefined,
  ),
  tool_call_requested: requested(["app_server.request.item.tool.call"], (request) => ({
    requestId: request.requestId,
    ...pending(request),
    callId: request.params.callId ?? "",
    tool: request.params.tool ?? "",
    arguments: request.params.arguments ?? null,
  })),
  tool_call_resolved: resolved((resolution) =>
    resolution.kind === "tool_call"
      ? {
          requestId: resolution.requestId,
          status: statusOf(resolution),
          success: resolution.success ?? false,
        }
      : undefined,
  ),
  transcript_updated: {
    sources: transcriptSources,
    derive: toTranscriptUpdate,
  },
  session_deleted: {
    sources: ["session.deleted"],
    derive: (event) => ({ status: "deleted", ...(event.value as Deleted) }),
    threadIdOf: (event) => (event.value as Deleted).sessionId,
  },
  session_project_updated: {
    sources: ["session.updated"],
    derive: (event) => {
      const { session, previous } = event.value as HubEventPayload<"session.updated">;
      const previousProjectId = previous?.projectId;
      if (previousProjectId === undefined) return undefined;
      const { sessionId, projectId } = session;
      return { status: "ok", sessionId, projectId, previousProjectId };
    },
  },
  project_upserted: {
    sources: ["project.created", "project.updated"],
    derive: (event) => event.value as object,
  },
  project_deleted: {
    sources: ["project.deleted"],
    derive: (event) => ({ ...(event.value as object), sessionIds: [] }),
  },
  notification: {
    sources: ["app_server.*"],
    derive: (event) => {
      const { signalType, method, params } = signal(event);
      return signalType === "notification" ? { method, params } : undefined;
    },
  },
  server_request: requested(["app_server.request.*"], ({ method, requestId, params }) =>
    kindOf(method) === "other" && !isAnsweredByHub(method)
      ? { method, id: requestId, params }
      : undefined,
  ),
  turn_plan_updated: alias("turn.plan.updated"),
  turn_diff_updated: alias("turn.diff.updated"),
  thread_token_usage_updated: alias("thread.token_usage.updated"),
  app_list_updated: alias("app.list.updated"),
  mcp_oauth_completed: alias("mcp_server.oauth_login.completed"),
  account_updated: alias("account.updated"),
  account_login_completed: alias("account.login.completed"),
  account_rate_limits_updated: alias("account.rate_limits.updated"),
};

/** All views, in the order in which they follow their event. */
export const viewNames = Object.keys(views) as ViewName[];

/** The types of journaled events a view derives from. */
export function viewSources(view: ViewName): readonly string[] {
  return views[view].sources;
}

/** The frame of one view of an event: made once for all sockets, undefined when it has no such view. */
export function viewFrame(event: StoredEvent, view: ViewName): string | undefined {
  const frames = framesOf(event);
  if (!frames.has(view)) frames.set(view, encodeView(event, view));
  return frames.get(view);
}

/** The views events of a type can have. */
export function viewsOfType(type: string): readonly ViewName[] {
  let names = byType.get(type);
  if (names === undefined) {
    names = viewNames.filter((view) =>
      views[view].sources.some((source) =>
        source.endsWith("*") ? type.startsWith(source.slice(0, -1)) : type === source,
      ),
    );
    byType.set(type, names);
  }
  return names;
}

const byType = new Map<string, readonly ViewName[]>();
const frameCache = new WeakMap<StoredEvent, Map<ViewName, string | undefined>>();

function framesOf(event: StoredEvent): Map<ViewName, string | undefined> {
  let frames = frameCache.get(event);
  if (frames === undefined) {
    frames = new Map();
    frameCache.set(event, frames);
  }
  return frames;
}

function encodeView(event: StoredEvent, view: ViewName): string | undefined {
  const payload = deriveSafely(event, view);
  if (payload === undefined) return undefined;
  const { seq, at } = event;
  const threadId = views[view].threadIdOf?.(event) ?? event.threadId;
  return encodeEvent(view, { threadId, seq, at, payload: JSON.stringify(payload) });
}

// A notification `request/x` has the type of a request `x`, so the type alone does not tell.
function requested(
  sources: readonly string[],
  derive: (request: Request) => object | undefined,
): View {
  return {
    sources,
    derive: (event) => {
      const payload = event.value as Request | { readonly signalType: "notification" };
      return payload.signalType === "request" ? derive(payload) : undefined;
    },
  };
}

function pending({ method, context, params, receivedAt }: Request) {
  return {
    method,
    threadId: context.threadId ?? "",
    turnId: context.turnId,
    itemId: params.itemId ?? params.callId ?? null,
    summary: summaryOf(method, params),
    details: params,
    createdAt: receivedAt,
    status: "pending",
  };
}

function resolved(derive: (resolution: RequestResolution) => object | undefined): View {
  return {
    sources: ["request.resolved"],
    derive: (event) => derive(event.value as RequestResolution),
  };
}

function statusOf({ outcome }: RequestResolution): "resolved" | "expired" {
  return outcome === "answered" ? "resolved" : "expired";
}

// Params of a shape this version does not know give no view, and stop nothing.
function deriveSafely(event: StoredEvent, view: ViewName): object | undefined {
  try {
    return views[view].derive(event);
  } catch {
    return undefined;
  }
}

function alias(name: string): View {
  return {
    sources: [`app_server.${name}`],
    derive: (event) => (signal(event).params as object | null) ?? {},
  };
}
