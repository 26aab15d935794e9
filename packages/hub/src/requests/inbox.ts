/** One inbox for the questions of every kind, and the lists and routes of single kinds beside it. */
import type { DatabaseSync } from "node:sqlite";
import type {
  OperationInput,
  OperationOutput,
  ParsedRequestAnswer,
  RequestKind,
} from "@signalbox/contract";
import type { Roster } from "../sessions/roster.ts";
import { toPage } from "../store/page.ts";
import { type PlainAnswer, toAnswer } from "./answers.ts";
import { invalidAnswer } from "./invalid-answer.ts";
import { toPending, toPendingCall, toPendingInput, toRecord } from "./record.ts";
import { listRequests } from "./request-list.ts";
import type { OwnRequest, RequestRow } from "./request-row.ts";
import type { Requests } from "./requests.ts";
import { approvalKinds } from "./safe-default.ts";
import type { ToolCalls } from "./tool-calls.ts";

/** What the inbox needs of the hub. */
export interface InboxParts {
  readonly database: DatabaseSync;
  readonly requests: Requests;
  readonly toolCalls: ToolCalls;
  readonly roster: Roster;
}

/** The questions, for those who answer them. */
export class Inbox {
  readonly #parts: InboxParts;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** A page of questions. */
  list(input: OperationInput<"requests.list">): OperationOutput<"requests.list"> {
    const { kind, limit, ...where } = input;
    const kinds = kind === undefined ? undefined : [kind];
    const read = listRequests(this.#parts.database, { ...where, kinds, limit: limit + 1 });
    const { rows, nextCursor } = toPage(read, limit, ({ id }) => id);
    return { data: rows.map(toRecord), nextCursor };
  }

  /** One question. */
  get({ requestId }: OperationInput<"requests.get">): OperationOutput<"requests.get"> {
    return { request: toRecord(this.#parts.requests.find(requestId, "request_not_found")) };
  }

  /** Answers a question of any kind. */
  async respond(
    input: OperationInput<"requests.respond">,
  ): Promise<OperationOutput<"requests.respond">> {
    const { requestId, answer, actor } = input;
    const row = this.#parts.requests.findOwn(requestId, "request_not_found");
    checkKind(row, answer);
    if (answer.kind === "tool_call") {
      const { kind: _, ...result } = answer;
      await this.#parts.toolCalls.respond({ requestId, ...result, actor });
    } else {
      await this.#answer(row, answer, actor);
    }
    return { status: "ok", requestId, threadId: row.threadId };
  }

  /** Decides an approval. */
  async decide(
    input: OperationInput<"approvals.decide">,
  ): Promise<OperationOutput<"approvals.decide">> {
    const { approvalId, decision, scope, actor } = input;
    const row = this.#find(approvalId, "approval_not_found", approvalKinds);
    const kind = row.kind as "command_approval" | "file_change_approval";
    await this.#answer(row, { kind, decision, scope }, actor);
    return { status: "ok", approvalId, threadId: row.threadId ?? "" };
  }

  /** Answers a question to the user. */
  async decideInput(
    input: OperationInput<"tool_input.decide">,
  ): Promise<OperationOutput<"tool_input.decide">> {
    const { requestId, decision, response, actor } = input;
    const row = this.#find(requestId, "tool_input_not_found", new Set(["user_input"]));
    // A whole response is an answer, whatever the decision beside it says.
    const answers = response?.answers ?? input.answers;
    const decided = response === undefined ? decision : "accept";
    await this.#answer(row, { kind: "user_input", decision: decided, answers }, actor);
    return { status: "ok", requestId, threadId: row.threadId ?? "" };
  }

  /** The approvals of a session that wait. */
  approvals(sessionId: string): OperationOutput<"sessions.approvals.list"> {
    const rows = this.#pending(sessionId, [...approvalKinds]);
    return { data: rows.map((row) => ({ approvalId: row.id, ...toPending(row) })) };
  }

  /** The questions to the user of a session that wait. */
  toolInput(sessionId: string): OperationOutput<"sessions.tool_input.list"> {
    return { data: this.#pending(sessionId, ["user_input"]).map(toPendingInput) };
  }

  /** The tool calls of a session that wait. */
  toolCalls(sessionId: string): OperationOutput<"sessions.tool_calls.list"> {
    return { data: this.#pending(sessionId, ["tool_call"]).map(toPendingCall) };
  }

  #pending(sessionId: string, kinds: readonly RequestKind[]): RequestRow[] {
    this.#parts.roster.find(sessionId);
    const { database } = this.#parts;
    return listRequests(database, { sessionId, kinds, state: "pending", order: "oldest" });
  }

  #find(id: string, notFound: "approval_not_found" | "tool_input_not_found", kinds: KindSet) {
    return this.#parts.requests.findOwn(id, notFound, (kind) => kinds.has(kind));
  }

  #answer(row: OwnRequest, given: PlainAnswer, actor: string | undefined): Promise<void> {
    const { answer, ending } = toAnswer(row, given);
    return this.#parts.requests.answer(row, answer, { ...ending, actor: actor ?? null });
  }
}

type KindSet = ReadonlySet<RequestKind>;

function checkKind(row: RequestRow, answer: ParsedRequestAnswer): void {
  if (answer.kind === row.kind) return;
  throw invalidAnswer("answer.kind", `The question is a ${row.kind}, and so its answer must be`);
}
