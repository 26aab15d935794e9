/**
 * A user's code around calls. For each call, hooks of every operation (`*`) run first, then those of
 * its own, each group in the order of registration, one after another, awaited:
 *
 * - `before`, once, ahead of the first attempt. It may change the input and add headers. What it
 *   throws ends the call: nothing is sent.
 * - `after`, once, when the answer is there. It sees the answer itself.
 * - `onError`, once, when the call has failed for good, also in a `before` hook.
 *
 * The call's outcome is settled before `after` and `onError` run: what they throw is reported to
 * `onHookError`, changes nothing for the caller and never sends anything again.
 */
import type { OperationName } from "@signalbox/contract";
import type { OrAny } from "../handlers/event-types.ts";
import type { Call, CallOutput } from "./call.ts";

/** The operations a hook is for: one by its name, or all. */
export type HookTarget = OrAny<OperationName | "*">;

/** Runs ahead of a call. */
export type BeforeHook<Name extends string = string> = (call: Call<Name>) => unknown;
/** Runs after a call that was done. */
export type AfterHook<Name extends string = string> = (
  call: Call<Name>,
  output: CallOutput<Name>,
) => unknown;
/** Runs after a call that failed. */
export type ErrorHook<Name extends string = string> = (call: Call<Name>, error: unknown) => unknown;

/** Any of the three, together. */
export interface Middleware<Name extends string = string> {
  before?(call: Call<Name>): unknown;
  after?(call: Call<Name>, output: CallOutput<Name>): unknown;
  onError?(call: Call<Name>, error: unknown): unknown;
}

/** A hook that failed after its call was settled. */
export interface HookFailure {
  readonly hook: "after" | "onError";
  readonly operation: string;
  readonly error: unknown;
}

/** Told of hooks that failed. */
export type HookErrorListener = (failure: HookFailure) => void;

interface Registration {
  readonly target: string;
  readonly middleware: Middleware;
}

const phases = ["before", "after", "onError"] as const;

/** The hooks of one client. Each registration returns its idempotent removal. */
export class Hooks {
  readonly #onHookError: HookErrorListener;
  #registrations: readonly Registration[] = [];

  constructor(onHookError: HookErrorListener = logHookFailure) {
    this.#onHookError = onHookError;
  }

  before<const Name extends HookTarget>(operation: Name, hook: BeforeHook<Name>): () => void {
    return this.use({ before: hook }, operation);
  }

  after<const Name extends HookTarget>(operation: Name, hook: AfterHook<Name>): () => void {
    return this.use({ after: hook }, operation);
  }

  onError<const Name extends HookTarget>(operation: Name, hook: ErrorHook<Name>): () => void {
    return this.use({ onError: hook }, operation);
  }

  /** Registers an object's hooks, bound to it, for one operation or (default) all. Throws a TypeError when it has none. */
  use<const Name extends HookTarget = "*">(
    middleware: Middleware<Name>,
    operation: Name = "*" as Name,
  ): () => void {
    const given = phases.filter((phase) => middleware[phase] !== undefined);
    if (given.length === 0 || given.some((phase) => typeof middleware[phase] !== "function")) {
      throw new TypeError("A middleware needs a function before, after or onError.");
    }
    const registration = { target: operation, middleware: middleware as unknown as Middleware };
    this.#registrations = [...this.#registrations, registration];
    return () => {
      this.#registrations = this.#registrations.filter((other) => other !== registration);
    };
  }

  /** Runs `work` with the hooks of its operation around it. */
  async around<Output>(call: Call, work: () => Promise<Output>): Promise<Output> {
    // As they stand when the call begins: a removal meanwhile is for the next one.
    const middlewares = this.#of(call.operation);
    let output: Output;
    try {
      for (const middleware of middlewares) await middleware.before?.(call);
      output = await work();
    } catch (error) {
      await this.#tell("onError", middlewares, call, error);
      throw error;
    }
    await this.#tell("after", middlewares, call, output);
    return output;
  }

  #of(operation: string): readonly Middleware[] {
    if (this.#registrations.length === 0) return [];
    return ["*", operation].flatMap((target) =>
      this.#registrations
        .filter((registration) => registration.target === target)
        .map(({ middleware }) => middleware),
    );
  }

  async #tell(
    hook: HookFailure["hook"],
    middlewares: readonly Middleware[],
    call: Call,
    outcome: unknown,
  ): Promise<void> {
    for (const middleware of middlewares) {
      try {
        await middleware[hook]?.(call, outcome);
      } catch (error) {
        this.#report({ hook, operation: call.operation, error });
      }
    }
  }

  #report(failure: HookFailure): void {
    try {
      this.#onHookError(failure);
    } catch (error) {
      logHookFailure({ ...failure, error });
    }
  }
}

function logHookFailure({ hook, operation, error }: HookFailure): void {
  console.error(`A hook (${hook}) of ${operation} failed`, error);
}
