/** Sessions, their transcripts and their events as the server's resources. */
import { ProtocolError, ResourceNotFoundError, type Server } from "@modelcontextprotocol/server";
import {
  categoryTable,
  type Operation,
  operations,
  type SessionSummary,
  toErrorBody,
  toSignalboxError,
} from "@signalbox/contract";
import { callerOf } from "../caller.ts";
import type { HubCallOptions, HubCalls } from "../hub-calls.ts";
import { sessionsUri, toUri } from "./address.ts";
import { readResource } from "./read.ts";

const mimeType = "application/json";

const list = {
  uri: sessionsUri,
  name: "sessions",
  title: "Sessions",
  description: "The hub's sessions, the most recently changed first; next is the following page",
  mimeType,
};

const templates = [
  {
    uriTemplate: `${sessionsUri}/{sessionId}`,
    name: "session",
    title: "A session",
    description: "What is known of one session, named by its id or handle",
    mimeType,
  },
  {
    uriTemplate: `${sessionsUri}/{sessionId}/transcript{?after}`,
    name: "transcript",
    title: "A session's transcript",
    description: "What was said and done, oldest first, page by page; next is the following page",
    mimeType,
  },
  {
    uriTemplate: `${sessionsUri}/{sessionId}/events{?after}`,
    name: "events",
    title: "A session's events",
    description: "Everything that happened, oldest first, page by page; next is the following page",
    mimeType,
  },
];

/** Values of a completion, at most: the protocol's own limit. */
const maxCompletions = 100;

/** Lets the server list its resources, read them and complete their addresses. */
export function serveResources(server: Server, calls: HubCalls): void {
  const optionsOf = (context: Parameters<typeof callerOf>[0]): HubCallOptions => ({
    signal: context.mcpReq.signal,
    actor: callerOf(context, server.getClientVersion()?.name),
  });
  const pageOf = async (input: object, options: HubCallOptions) =>
    (await calls.call(operations["sessions.list"] as Operation, { ...input }, options)) as {
      readonly data: readonly SessionSummary[];
      readonly nextCursor: string | null;
    };

  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: templates }));
  server.setRequestHandler("resources/list", async ({ params }, context) =>
    orProtocolError(undefined, async () => {
      const cursor = params?.cursor;
      const page = await pageOf(cursor === undefined ? {} : { cursor }, optionsOf(context));
      const sessions = page.data.map(toResource);
      return {
        resources: cursor === undefined ? [list, ...sessions] : sessions,
        ...(page.nextCursor === null ? {} : { nextCursor: page.nextCursor }),
      };
    }),
  );
  server.setRequestHandler("resources/read", async ({ params: { uri } }, context) =>
    orProtocolError(uri, async () => {
      const content = await readResource(uri, calls, optionsOf(context));
      return { contents: [{ uri, mimeType, text: JSON.stringify(content) }] };
    }),
  );
  server.setRequestHandler("completion/complete", async ({ params }, context) =>
    orProtocolError(undefined, async () => {
      const { argument } = params;
      const page =
        argument.name === "sessionId"
          ? await pageOf({ limit: 200 }, optionsOf(context))
          : { data: [], nextCursor: null };
      const names = page.data.flatMap(({ handle, sessionId }) =>
        handle === null ? [sessionId] : [handle, sessionId],
      );
      const fitting = names.filter((name) => name.startsWith(argument.value));
      const values = fitting.slice(0, maxCompletions);
      const hasMore = page.nextCursor !== null || values.length < fitting.length;
      return { completion: { values, hasMore } };
    }),
  );
}

function toResource({ sessionId, title, handle }: SessionSummary) {
  const uri = toUri({ kind: "session", session: sessionId });
  return { uri, name: handle ?? sessionId, title, mimeType };
}

/** What fails here is a fault of the protocol, which carries the error's body as its data. */
export async function orProtocolError<Result>(
  uri: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const error = toSignalboxError(thrown);
    if (uri !== undefined && error.category === "not_found") {
      throw new ResourceNotFoundError(uri, error.message);
    }
    const { rpc } = categoryTable[error.category];
    throw new ProtocolError(rpc, error.message, {
      ...toErrorBody(error),
      category: error.category,
    });
  }
}
