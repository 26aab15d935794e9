/** Does one operation: its input is validated here, once, whichever surface it came by. */
import {
  isSignalboxError,
  type Operation,
  type OperationName,
  parseInput,
  SignalboxError,
} from "@signalbox/contract";
import type { Selectors } from "../sessions/selectors.ts";
import { audited } from "./audited.ts";
import type { HandlerContext, OperationContext } from "./context.ts";
import { handlers } from "./handlers.ts";
import { traced } from "./traced.ts";

/** How operations are done. */
export interface ExecuteOptions {
  /** Also hold what comes back against its schema: a mistake of ours becomes `internal_error`. */
  readonly checkOutputs: boolean;
}

/**
 * Validates, finds the session that is meant, calls the handler and gives its output. Throws
 * `invalid_request` for an input that does not fit or a key the operation can't take, what `Selectors`
 * says of a name, `storage_unavailable` for a change that could not be recorded, what `Idempotency`
 * says of a write with a key, and what the handler throws.
 */
export function execute(
  operation: Operation,
  input: unknown,
  context: OperationContext,
  options: ExecuteOptions,
): Promise<unknown> {
  return traced(operation, context, () => run(operation, input, context, options));
}

async function run(
  operation: Operation,
  input: unknown,
  context: OperationContext,
  { checkOutputs }: ExecuteOptions,
): Promise<unknown> {
  const handler = handlers[operation.name as OperationName] as (
    input: unknown,
    context: HandlerContext,
  ) => unknown;
  const parsed = parseInput(operation, input);
  // What can't be recorded must not be begun.
  if (operation.intent !== "read") await context.services.system.checkWritable();
  const { idempotencyKey: key, services } = context;
  // Under a key the input counts as it was given: whose a name is may change before it is sent again.
  const work = async () => {
    const named = nameSession(parsed, services.selectors);
    return audited(operation, named.input, context, (note) => {
      if (named.refusal !== undefined) throw named.refusal;
      return handler(withActor(operation, named.input, context.actor), { ...context, note });
    });
  };
  const isOnce = key !== undefined && takesKey(operation);
  const output = await (isOnce
    ? services.idempotency.once({ key, operation, input: parsed }, work)
    : work());
  if (!checkOutputs) return output;
  const checked = operation.output.safeParse(output);
  if (checked.success) return output;
  throw new SignalboxError(
    "internal_error",
    `${operation.name} gave back what its contract does not say: ${checked.error.message}`,
  );
}

/**
 * The input with the id of the session it names. A name that can't be resolved stays, with what is
 * wrong with it, so that the audit can tell what was tried.
 */
function nameSession(
  input: { readonly sessionId?: unknown },
  selectors: Selectors,
): { input: object; refusal?: Error } {
  if (typeof input.sessionId !== "string") return { input };
  try {
    return { input: { ...input, sessionId: selectors.resolve(input.sessionId) } };
  } catch (error) {
    return { input, refusal: error as Error };
  }
}

/** A write that takes an actor and names none is of the one who calls. */
function withActor({ intent, input: schema }: Operation, input: object, actor?: string): object {
  if (actor === undefined || intent === "read" || !("actor" in schema.shape)) return input;
  return { actor, ...input };
}

/**
 * Whether a key makes a difference. Throws `invalid_request` where one would be relied on in vain:
 * what may hold a credential is stored nowhere, so it can't be answered again.
 */
function takesKey({ name, intent, hasSecrets, idempotent }: Operation): boolean {
  if (intent === "read") return false;
  if (!hasSecrets) return true;
  if (idempotent) return false;
  const path = "idempotency-key";
  const message = `${name} keeps nothing of what it is given, so it can't be done once under a key. Leave the header out, and look before doing it again`;
  throw new SignalboxError("invalid_request", `${path}: ${message}`, {
    details: { issues: [{ path, message }] },
  });
}

/** Whether an error is a caller's or codex's and not a mistake of the hub's. */
export function isExpected(error: unknown): boolean {
  return isSignalboxError(error) && error.category !== "internal";
}
