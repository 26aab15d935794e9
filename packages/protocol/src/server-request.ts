/** What the app-server asks of its client: approvals, input, tool calls. */
import type { RequestId } from "./generated/experimental/index.ts";
import type { ServerRequestTypes } from "./generated/methods.ts";

/** Every question of this version of codex. A running app-server may ask others. */
export type ServerRequestMethod = keyof ServerRequestTypes;

/** The params of a server request. */
export type RequestParams<M extends ServerRequestMethod> = ServerRequestTypes[M]["params"];

/** What the client answers to a server request. */
export type AnswerOf<M extends ServerRequestMethod> = ServerRequestTypes[M]["answer"];

/**
 * A server request as it stands on the wire, discriminated by `method`. Ids count up from 0 in
 * each app-server process; the same request is sent again, under the same id, to a connection that
 * resumes the thread.
 */
export type ServerRequest<M extends ServerRequestMethod = ServerRequestMethod> = {
  [Method in M]: { id: RequestId; method: Method; params: RequestParams<Method> };
}[M];
