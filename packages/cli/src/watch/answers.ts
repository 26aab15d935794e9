/** How the questions codex asks can be answered from the keyboard. */
import type { RequestAnswer, RequestRecord } from "@signalbox/contract";

/** An answer that one key gives. */
export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly answer: RequestAnswer;
}

/** One thing to be filled in. */
export interface FormField {
  readonly id: string;
  readonly label: string;
  /** What can be chosen by its number; empty for none. */
  readonly options: readonly string[];
  /** Whether something else than the options can be typed. */
  readonly isFree: boolean;
  readonly isSecret: boolean;
}

/** Things to be filled in, and the answer they make. */
export interface Form {
  readonly fields: readonly FormField[];
  /** What was typed, in the order of the fields. Throws an error that says what does not fit. */
  toAnswer(values: readonly string[]): RequestAnswer;
}

/** What can be done about a question. */
export interface AnswerWays {
  readonly choices: readonly Choice[];
  readonly form: Form | undefined;
}

/** The ways to answer one question; none where another client answers it. */
export function waysToAnswer(request: RequestRecord): AnswerWays {
  if (request.authority === "attached") return { choices: [], form: undefined };
  switch (request.kind) {
    case "command_approval":
      return {
        choices: approvals(request.kind, offersSession(request.availableDecisions)),
        form: undefined,
      };
    case "file_change_approval":
      return { choices: approvals(request.kind, true), form: undefined };
    case "permissions": {
      const { kind } = request;
      return {
        choices: [
          choice("a", "grant", { kind, decision: "accept" }),
          choice("s", "grant for the session", { kind, decision: "accept", scope: "session" }),
          choice("d", "decline", { kind, decision: "decline" }),
        ],
        form: undefined,
      };
    }
    case "user_input": {
      const { kind } = request;
      return {
        choices: [
          choice("d", "decline", { kind, decision: "decline" }),
          choice("c", "cancel the turn", { kind, decision: "cancel" }),
        ],
        form: userInputForm(request),
      };
    }
    case "elicitation":
      return elicitationWays(request);
    case "tool_call": {
      const { kind } = request;
      const failure = { kind, success: false, text: "Declined by a person." } as const;
      return {
        choices: [choice("d", "fail the call", failure)],
        form: {
          fields: [{ ...freeField, id: "text", label: `What ${request.tool} gives` }],
          toAnswer: ([text = ""]) => ({ kind, text }),
        },
      };
    }
    case "other": {
      const error = { code: -32_000, message: "Declined by a person." };
      return { choices: [choice("d", "refuse", { kind: "other", error })], form: undefined };
    }
  }
}

const freeField = { options: [], isFree: true, isSecret: false } as const;

function choice(key: string, label: string, answer: RequestAnswer): Choice {
  return { key, label, answer };
}

function approvals(
  kind: "command_approval" | "file_change_approval",
  isSessionOffered: boolean,
): readonly Choice[] {
  return [
    choice("a", "accept", { kind, decision: "accept" }),
    ...(isSessionOffered
      ? [choice("s", "accept for the session", { kind, decision: "accept", scope: "session" })]
      : []),
    choice("d", "decline", { kind, decision: "decline" }),
    choice("c", "cancel the turn", { kind, decision: "cancel" }),
  ];
}

function offersSession(available: readonly unknown[] | null): boolean {
  return available === null || available.includes("acceptForSession");
}

function userInputForm(request: Extract<RequestRecord, { kind: "user_input" }>): Form {
  return {
    fields: request.questions.map(({ id, question, options, isOther, isSecret }) => ({
      id,
      label: question,
      options: (options ?? []).map(({ label }) => label),
      isFree: isOther || options === null || options.length === 0,
      isSecret,
    })),
    toAnswer: (values) => ({
      kind: "user_input",
      answers: Object.fromEntries(
        request.questions.map(({ id }, index) => [id, { answers: [values[index] ?? ""] }]),
      ),
    }),
  };
}

interface PropertySchema {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: unknown;
}

function elicitationWays(request: Extract<RequestRecord, { kind: "elicitation" }>): AnswerWays {
  const { kind } = request;
  const schema = (request.requestedSchema ?? {}) as {
    properties?: Readonly<Record<string, PropertySchema>>;
    required?: readonly string[];
  };
  const properties = Object.entries(schema.properties ?? {});
  const refusals = [
    choice("d", "decline", { kind, action: "decline" }),
    choice("c", "cancel the turn", { kind, action: "cancel" }),
  ];
  if (properties.length === 0) {
    const once = choice("a", "accept", { kind, action: "accept", content: {} });
    const always = choice("s", "accept for the session", {
      kind,
      action: "accept",
      content: {},
      persist: "session",
    });
    return {
      choices: [once, ...(request.tool === null ? [] : [always]), ...refusals],
      form: undefined,
    };
  }
  const required = new Set(schema.required);
  return {
    choices: refusals,
    form: {
      fields: properties.map(([id, property]) => ({
        id,
        label: `${String(property.title ?? property.description ?? id)}${required.has(id) ? "" : " (may be left empty)"}`,
        options: optionsOf(property),
        isFree: property.enum === undefined && property.type !== "boolean",
        isSecret: property.format === "password",
      })),
      toAnswer: (values) => ({
        kind,
        action: "accept",
        content: Object.fromEntries(
          properties
            .map(([id, property], index) => [id, property, values[index] ?? ""] as const)
            .filter(([id, , value]) => value !== "" || required.has(id))
            .map(([id, property, value]) => [id, toValue(id, property, value)]),
        ),
      }),
    },
  };
}

function optionsOf({ type, enum: values }: PropertySchema): readonly string[] {
  if (type === "boolean") return ["yes", "no"];
  return (values ?? []).map(String);
}

function toValue(id: string, { type }: PropertySchema, text: string): unknown {
  if (type === "boolean") return text === "yes";
  if (type !== "number" && type !== "integer") return text;
  const number = Number(text);
  const fits =
    text.trim() !== "" && (type === "number" ? Number.isFinite : Number.isInteger)(number);
  if (fits) return number;
  throw new Error(`${id} must be ${type === "integer" ? "a whole number" : "a number"}.`);
}
