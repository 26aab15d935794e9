/**
 * What is answered when nobody decides: never yes. Each kind of question has an answer that lets the
 * turn go on, or end, without anything being allowed.
 */
import type { AnswerOf, ServerRequest } from "@signalbox/protocol";
import type { Answer } from "../client/app-server-client.ts";

/** JSON-RPC's own code for a method that is not served. */
const METHOD_NOT_FOUND = -32601;

/** The safe answer to a server request; `why` is shown to the model or the log, where the kind has room for it. */
export function safeAnswer(request: ServerRequest, why: string): Answer {
  switch (request.method) {
    // 0.169.0 takes `decline` also where `availableDecisions` names only `cancel`, which would end the turn.
    case "item/commandExecution/requestApproval":
    case "item/fileChange/requestApproval":
      return answer<typeof request.method>({ decision: "decline" });
    case "item/permissions/requestApproval":
      return answer<typeof request.method>({ permissions: {}, scope: "turn" });
    case "item/tool/requestUserInput":
      return answer<typeof request.method>({ answers: {} });
    case "mcpServer/elicitation/request":
      return answer<typeof request.method>({ action: "decline", content: null, _meta: null });
    case "item/tool/call":
      return answer<typeof request.method>({
        success: false,
        contentItems: [{ type: "inputText", text: why }],
      });
    case "currentTime/read":
      return answer<typeof request.method>({ currentTimeAt: Math.floor(Date.now() / 1_000) });
    case "applyPatchApproval":
    case "execCommandApproval":
      return answer<typeof request.method>({ decision: { denied: { rejection: why } } });
    case "account/chatgptAuthTokens/refresh":
    case "attestation/generate":
      return { error: { code: METHOD_NOT_FOUND, message: why } };
    default:
      return unknownMethod(request);
  }
}

/** For a question of a kind the protocol's table does not have. */
function unknownMethod({ method }: { method: string }): Answer {
  return { error: { code: METHOD_NOT_FOUND, message: `This client does not serve ${method}.` } };
}

function answer<M extends ServerRequest["method"]>(result: AnswerOf<M>): Answer {
  return { result };
}
