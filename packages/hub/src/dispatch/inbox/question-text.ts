/** A question in words: what is asked, and which answers fit. */
import type { RequestAnswer, RequestRecord } from "@signalbox/contract";
import { cut } from "../triggers/render.ts";

/** Characters of one thing that is said of a question. */
const longestPart = 800;
/** Questions of one user input, and options of each, that are named. */
const maxNamed = 20;

/** The words. Answers stand as `requests.respond` takes them. */
export function questionText(question: RequestRecord): string {
  const { requestId, summary, deadlineAt } = question;
  const { asked, fits, example } = wordsOf(question);
  const answers =
    deadlineAt === null
      ? ["It is answered in the client whose session it is."]
      : [
          `Answers: ${fits}.`,
          `Such as requests.respond {"requestId":"${requestId}","answer":${JSON.stringify(example)}}, until ${new Date(deadlineAt).toISOString()}.`,
        ];
  return [
    cut(summary, longestPart),
    ...asked.filter((line) => line !== null).map((line) => cut(line, longestPart)),
    ...answers,
  ].join("\n");
}

interface Words {
  readonly asked: readonly (string | null)[];
  readonly fits: string;
  readonly example: RequestAnswer;
}

const decisions = "decision accept, decline, or cancel, which ends the turn too";

function wordsOf(question: RequestRecord): Words {
  switch (question.kind) {
    case "command_approval":
      return {
        asked: [said("Command", question.command), said("Why", question.reason)],
        fits: `${decisions}; with accept, scope session for all that are the same`,
        example: { kind: question.kind, decision: "decline" },
      };
    case "file_change_approval":
      return {
        asked: [
          said("Files", question.paths?.slice(0, maxNamed).join(", ") ?? null),
          said("Why", question.reason),
        ],
        fits: `${decisions}; with accept, scope session for all that are the same`,
        example: { kind: question.kind, decision: "decline" },
      };
    case "permissions":
      return {
        asked: [
          said("Permissions", JSON.stringify(question.permissions)),
          said("Why", question.reason),
        ],
        fits: "decision accept or decline; with accept, permissions for a part of them",
        example: { kind: question.kind, decision: "decline" },
      };
    case "user_input": {
      const named = question.questions.slice(0, maxNamed);
      return {
        asked: named.map(({ id, question: asked, options, isOther }) => {
          const labels = (options ?? []).slice(0, maxNamed).map(({ label }) => label);
          const choices = [...labels, ...(isOther || labels.length === 0 ? ["own words"] : [])];
          return `${id}: ${asked} (${choices.join(" | ")})`;
        }),
        fits: "one for each question, by its id",
        example: {
          kind: question.kind,
          answers: Object.fromEntries(
            named.map(({ id, options }) => [id, { answers: [options?.[0]?.label ?? "..."] }]),
          ),
        },
      };
    }
    case "elicitation":
      return {
        asked: [
          said(question.serverName, question.message),
          said("Tool", question.tool),
          said("Content", question.requestedSchema && JSON.stringify(question.requestedSchema)),
          said("Address", question.url),
        ],
        fits: "action accept, decline or cancel; with accept of a form, its content",
        example: { kind: question.kind, action: "decline" },
      };
    case "tool_call":
      return {
        asked: [said(question.tool, JSON.stringify(question.arguments))],
        fits: "what the tool gives back, as text or contentItems, and whether it was a success",
        example: { kind: question.kind, success: false, text: "..." },
      };
    case "other":
      return {
        asked: [said(question.method, JSON.stringify(question.details) ?? null)],
        fits: "a result or an error, as Codex takes it",
        example: { kind: question.kind, error: { code: -32_601, message: "..." } },
      };
  }
}

function said(what: string, value: string | null): string | null {
  return value === null || value === "" ? null : `${what}: ${value}`;
}
