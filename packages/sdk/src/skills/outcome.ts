/** What became of a tool call. */
import type { SignalboxError } from "@signalbox/contract";

/** Why a call was left alone. */
export type IgnoredReason =
  /** The signal is no tool call. */
  | "not_a_tool_call"
  /** It is of another session. */
  | "other_session"
  /** This program does not offer the tool: another one may. */
  | "unknown_tool"
  /** Another process took it first, and answers it. */
  | "taken_elsewhere"
  /** As many calls wait here as may; it still waits at the hub. */
  | "queue_full"
  /** The skills were closed before it was taken. */
  | "closed";

/** What became of a call that was heard of. Told apart by `status`. */
export type SkillOutcome =
  | { readonly status: "ignored"; readonly reason: IgnoredReason }
  | {
      /** The hub took our answer. `success` is what the answer said. */
      readonly status: "answered";
      readonly requestId: string;
      readonly tool: string;
      readonly success: boolean;
      /** This process had heard of the call before; the handler did not run again. */
      readonly duplicate: boolean;
    }
  | {
      /**
       * The call ended without our answer: answered elsewhere, expired, interrupted, unknown; or another
       * client answers it. `error` says which; a handler that ran was told by its signal.
       */
      readonly status: "settled";
      readonly requestId: string;
      readonly tool: string;
      readonly error: SignalboxError;
      readonly duplicate: boolean;
    }
  | {
      /**
       * The hub could not be told, or could not be asked for the call. Where the handler had run,
       * its answer is kept and goes out when the call is heard of again.
       */
      readonly status: "unsent";
      readonly requestId: string;
      readonly tool: string;
      readonly error: unknown;
      readonly duplicate: boolean;
    };

/** What became of a call this program offers the tool for. */
export type CallOutcome = Exclude<SkillOutcome, { readonly status: "ignored" }> | Ignored;

type Ignored = Extract<SkillOutcome, { readonly status: "ignored" }>;
