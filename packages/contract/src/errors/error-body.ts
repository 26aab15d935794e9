/**
 * An error on the wire: `{status, code, message, retryable, details}`. It never carries a stack
 * trace, nor anything of an error that is not a SignalboxError.
 */
import { z } from "zod";
import { categoryOfHttpStatus, categoryTable } from "./category.ts";
import { type CodeRow, codeTable, isErrorCode, type StatusWord, statusWords } from "./code.ts";
import { isSignalboxError, SignalboxError } from "./signalbox-error.ts";

/** The body of every answer that is not a success. Fields of a newer hub pass through. */
export const errorBody = z.looseObject({
  status: z.string().describe("error, or the word a particular conflict is known by"),
  code: z.string().describe("Permanent code to compare"),
  message: z.string().describe("What happened, why, and what to do"),
  retryable: z.boolean().describe("Whether the same call may succeed later"),
  details: z.record(z.string(), z.unknown()).describe("Facts about this failure"),
});

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly status: StatusWord | (string & {});
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Gives any thrown value its code; what is not a SignalboxError becomes `internal_error` with that value as cause. */
export function toSignalboxError(thrown: unknown): SignalboxError {
  if (isSignalboxError(thrown)) return thrown;
  return new SignalboxError(
    "internal_error",
    "The hub failed in a way it did not foresee. Its log has the cause.",
    { cause: thrown },
  );
}

/** The HTTP status to answer with: the code's own, or that of its category. */
export function httpStatusOf(error: SignalboxError): number {
  const row: CodeRow | undefined = isErrorCode(error.code) ? codeTable[error.code] : undefined;
  return row?.http ?? categoryTable[error.category].http;
}

/** The body to answer with. */
export function toErrorBody(error: SignalboxError): ErrorBody {
  return {
    status: error.status,
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    details: error.details,
  };
}

function isStatusWord(value: string): value is StatusWord {
  return (statusWords as readonly string[]).includes(value);
}

/**
 * The error a peer answered with. A body that is not ours (a proxy's page) becomes
 * `invalid_response`, with the category its HTTP status has.
 */
export function fromErrorBody(httpStatus: number, body: unknown): SignalboxError {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) {
    return new SignalboxError(
      "invalid_response",
      `The answer has HTTP status ${httpStatus} and is not of this hub's form. Check the URL and what stands between.`,
      { category: categoryOfHttpStatus(httpStatus), details: { httpStatus } },
    );
  }
  const { code, message, retryable, details, status } = parsed.data;
  return new SignalboxError(code, message, {
    details,
    retryable,
    category: isErrorCode(code) ? codeTable[code].category : categoryOfHttpStatus(httpStatus),
    status: isStatusWord(status) ? status : "error",
  });
}
