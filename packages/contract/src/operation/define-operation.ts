/**
 * How an operation is said, once, for every surface: what it takes, what it gives, what it means to
 * do, how it can fail, and examples which are its tests.
 */
import type { z } from "zod";
import { type ErrorCode, isErrorCode } from "../errors/code.ts";

/**
 * What an operation does to the world: only looks, changes it, or takes something away that people
 * want to be asked about first. Surfaces on which a person acts ask before a `destroy`.
 */
export type Intent = "read" | "write" | "destroy";

/** Where an operation is found over HTTP. */
export interface HttpBinding {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Starts with `/api`; `:name` stands for an input field, percent-encoded in a real path. */
  readonly path: `/${string}`;
  /** Status of a success. Default 200; 202 where work goes on after the answer. */
  readonly success?: 200 | 202;
}

/** What must be there before an example can run. Its ids then stand for those of `exampleIds`. */
export type ExampleWorld =
  | "nothing"
  /** Codex is logged in, its services answer, and the hub was started with everything allowed. */
  | "logged_in"
  | "session"
  | "project"
  | "spoken_session"
  | "archived_session"
  | "deleted_session"
  /** Another client's, and its thread as the hub does not keep it. */
  | "attached_session"
  | "unkept_thread"
  | "running_turn"
  | "queued_message"
  | "pending_approval"
  | "pending_tool_call"
  | "pending_tool_input"
  | "claimed_tool_call"
  /** A session with a schedule. */
  | "trigger"
  /** A session with a trigger that webhooks fire. */
  | "webhook"
  /** A session with a subscription of the operator's that stays. */
  | "subscription"
  /** A session of which the operator was told. */
  | "notice";

interface ExampleOf {
  /** A sentence: what the example shows. */
  readonly title: string;
  readonly given?: ExampleWorld;
}

/** A call that succeeds, with an answer of the same shape as the real one. */
export interface SuccessExample<Input, Output> extends ExampleOf {
  readonly input: Input;
  readonly output: Output;
}

/** A call that fails with this code. Its input may be invalid on purpose. */
export interface FailureExample extends ExampleOf {
  readonly input: Readonly<Record<string, unknown>>;
  readonly error: ErrorCode;
}

/** One call and how it ends. */
export type Example<Input = unknown, Output = unknown> =
  | SuccessExample<Input, Output>
  | FailureExample;

/** Everything a surface must know about one operation. */
export interface Operation<
  Name extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> {
  /** `group.verb`, or with groups in groups `group.part.verb`, lower_snake. Permanent. */
  readonly name: Name;
  /** One sentence. */
  readonly summary: string;
  readonly intent: Intent;
  /** Whether doing it twice is the same as doing it once. */
  readonly idempotent: boolean;
  readonly http: HttpBinding;
  /** True where the input or the output may hold a credential: neither is stored anywhere. */
  readonly hasSecrets?: boolean;
  /** Strict: unknown fields are refused. */
  readonly input: Input;
  readonly output: Output;
  /** The codes it fails with by itself. Any operation can also fail as `commonErrors` says. */
  readonly errors: readonly ErrorCode[];
  readonly examples: readonly Example<z.input<Input>, z.output<Output>>[];
}

/** Codes with which whoever asks for anything but the probes can be turned away. */
export const doorErrors = [
  "unauthorized",
  "too_many_attempts",
  "foreign_origin",
  "foreign_host",
] as const satisfies readonly ErrorCode[];

/** Codes any operation can fail with: the door's, the runtime's and the hub's own. */
export const commonErrors = [
  "invalid_request",
  "idempotency_conflict",
  "version_skew",
  "malformed_json",
  "body_too_large",
  ...doorErrors,
  "runtime_unavailable",
  "storage_unavailable",
  "hub_closing",
  "internal_error",
] as const satisfies readonly ErrorCode[];

/** The input as a caller gives it. */
export type InputOf<Op extends Operation> = z.input<Op["input"]>;
/** The input as a handler gets it: validated, defaults filled in. */
export type ParsedInputOf<Op extends Operation> = z.output<Op["input"]>;
/** What comes back. */
export type OutputOf<Op extends Operation> = z.output<Op["output"]>;

/** The fields a path names, in order. */
export function pathFields(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z][A-Za-z0-9]*)/g)].map((match) => match[1]!);
}

/**
 * Defines one operation. Throws a TypeError when the definition contradicts itself: a name that is
 * not `group.verb`, a path field that is not in the input, fewer than two examples or none of failure.
 */
export function defineOperation<
  const Name extends string,
  Shape extends z.core.$ZodLooseShape,
  Output extends z.ZodType,
>(
  operation: Operation<Name, z.ZodObject<Shape, z.core.$strict>, Output>,
): Operation<Name, z.ZodObject<Shape, z.core.$strict>, Output> {
  const wrong = (why: string) => new TypeError(`Operation ${operation.name}: ${why}`);
  if (!/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+$/.test(operation.name)) {
    throw wrong("the name must be group.verb or group.part.verb in lower_snake");
  }
  for (const field of pathFields(operation.http.path)) {
    if (!Object.hasOwn(operation.input.shape, field)) {
      throw wrong(`the path names ${field}, which the input does not have`);
    }
  }
  const failures = operation.examples.filter((example) => "error" in example);
  if (operation.examples.length < 2 || failures.length === 0) {
    throw wrong("it needs two examples at least, one of them a failure");
  }
  const possible: readonly string[] = [...operation.errors, ...commonErrors];
  for (const failure of failures) {
    if (!possible.includes(failure.error) || !isErrorCode(failure.error)) {
      throw wrong(`an example fails with ${failure.error}, which is not among its errors`);
    }
  }
  return operation;
}
