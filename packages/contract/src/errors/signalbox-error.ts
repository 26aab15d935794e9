/**
 * The one error every Signalbox surface throws, answers with and exits on. Recognise it by `code`
 * (or `category`), not by class: two copies of this package may be loaded.
 */
import { categoryTable, type ErrorCategory, isErrorCategory } from "./category.ts";
import { type CodeRow, codeTable, type ErrorCode, isErrorCode, type StatusWord } from "./code.ts";

/** Facts that go with an error: JSON values, never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What is said beyond code and message. */
export interface SignalboxErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Overrides the code's own. */
  readonly retryable?: boolean;
  /** Needed for a code this version does not know; overrides the code's own otherwise. */
  readonly category?: ErrorCategory;
  readonly status?: StatusWord;
}

/** An error with a permanent code. */
export class SignalboxError extends Error {
  override readonly name = "SignalboxError";
  /** Permanent, lower_snake. `ErrorCode`, or a newer hub's. */
  readonly code: ErrorCode | (string & {});
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later without anything else changing. */
  readonly retryable: boolean;
  /** The word an answer's body carries in `status`. */
  readonly status: StatusWord;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode | (string & {}),
    message: string,
    options: SignalboxErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const row: CodeRow | undefined = isErrorCode(code) ? codeTable[code] : undefined;
    this.code = code;
    this.category = options.category ?? row?.category ?? "internal";
    this.retryable = options.retryable ?? row?.retryable ?? categoryTable[this.category].retryable;
    this.status = options.status ?? row?.status ?? "error";
    this.details = options.details ?? {};
  }
}

/** Whether a value is a SignalboxError, of this copy of the package or another. */
export function isSignalboxError(value: unknown): value is SignalboxError {
  return (
    value instanceof Error &&
    "code" in value &&
    typeof value.code === "string" &&
    "category" in value &&
    isErrorCategory(value.category) &&
    "retryable" in value &&
    typeof value.retryable === "boolean"
  );
}
