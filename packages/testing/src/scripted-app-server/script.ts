/**
 * The script of an app-server: what it does instead of what it would do.
 *
 * Without any rule it behaves: it shakes hands, starts threads (`thread-1`, `thread-2` …) and turns
 * (`turn-1` …) that answer `ok` and complete, and answers every other request with something of the
 * right shape or `{}`. A rule replaces that for the requests (or notifications) it is about.
 */
import { type Action, replyError } from "./action.ts";

/** What is done for messages with this method, instead of the default. */
export interface Rule {
  /** A method of the client, or `"*"`. The first rule that still counts is taken. */
  readonly method: string;
  /** How many messages it counts for; default: all. */
  readonly times?: number;
  /** In this order, each after the one before. None: the request is never answered. */
  readonly actions: readonly Action[];
}

/** A whole script. It is plain JSON, so it may as well lie in a file. */
export interface AppServerScript {
  /** What `--version` and the default `userAgent` say. Default: the Codex this package is made for. */
  readonly version?: string;
  /** `userAgent` of the `initialize` result, `{{version}}` in it replaced; `null`: there is none. */
  readonly userAgent?: string | null;
  /** For `--version` instead of printing `codex-cli <version>`. */
  readonly onVersion?: readonly Action[];
  /** Before anything is read. */
  readonly onStart?: readonly Action[];
  readonly rules?: readonly Rule[];
  /** Default: `exit(0)`. None: lives on. */
  readonly onStdinEnd?: readonly Action[];
  /** Default: `exit(0)`. None: lives on. */
  readonly onSigterm?: readonly Action[];
}

/** The Codex whose behaviour is imitated. */
export const CODEX_VERSION = "0.169.0";

/** For messages with this method, these actions. */
export function on(method: string, ...actions: readonly Action[]): Rule {
  return { method, actions };
}

/** As {@link on}, but only the first `times` times. */
export function onFirst(times: number, method: string, ...actions: readonly Action[]): Rule {
  return { method, times, actions };
}

/** Never answers this method. */
export function neverAnswer(method: string): Rule {
  return { method, actions: [] };
}

/** Refuses the first `times` requests with -32001, as a saturated server does. */
export function overloaded(times: number, method = "*"): Rule {
  return {
    method,
    times,
    actions: [replyError(-32001, "Server overloaded; retry later.")],
  };
}

/**
 * Answers requests of this method by groups, `order[0]` being the place in the group that is
 * answered first: `[1, 0]` swaps two.
 */
export function answeredInOrder(method: string, order: readonly number[]): Rule {
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length === 0 || sorted.some((place, index) => place !== index)) {
    throw new RangeError(
      `The order of ${order.length} answers must name 0 to ${order.length - 1}.`,
    );
  }
  const name = `${method}:${order.join()}`;
  return { method, actions: [{ type: "gather", name, order }] };
}
