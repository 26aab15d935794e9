/** What the operations share that pass a question on to codex. */
import type { ClientMethod, ResultOf } from "@signalbox/protocol";
import { z } from "zod";
import type { ErrorCode } from "../errors/code.ts";
import { listLimit } from "./fields.ts";

/** How asking codex can fail. */
export const askErrors = [
  "invalid_params",
  "invalid_state",
  "auth_required",
  "method_not_supported",
  "codex_error",
  "codex_timeout",
  "overloaded",
] as const satisfies readonly ErrorCode[];

/** How having codex do something can fail: also with its answer lost. */
export const doErrors = [...askErrors, "outcome_unknown"] as const satisfies readonly ErrorCode[];

/** Where a page of codex's begins, and how long it is. */
export const codexPage = {
  cursor: z.string().min(1).optional().describe("nextCursor of the page before"),
  limit: listLimit,
};

/**
 * What codex answers to a method, passed on whole: typed as the protocol has it, held only to the
 * fields of `shape`, since a newer or older codex may have others.
 */
export function codexAnswer<M extends ClientMethod>(
  _method: M,
  shape: z.core.$ZodLooseShape = {},
): z.ZodType<ResultOf<M>> {
  return z.looseObject(shape) as unknown as z.ZodType<ResultOf<M>>;
}

/** The answer of an operation that had codex do something. */
export function codexDid<Result extends z.ZodType>(result: Result) {
  return z.object({ status: z.literal("ok"), result: result.describe("What codex answered") });
}

/** The fields every page of codex's has. */
export const pageShape = {
  data: z.array(z.looseObject({})),
  nextCursor: z.string().nullable().describe("Null on the last page"),
};
