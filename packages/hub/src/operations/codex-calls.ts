/** Questions and orders that are passed on to codex. */
import { type OperationInput, type OperationOutput, SignalboxError } from "@signalbox/contract";
import {
  type ClientMethod,
  clientRequests,
  type ParamsOf,
  type ResultOf,
} from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { Allowed } from "./allowed.ts";

/** What codex answered to an order. */
export interface Done<Result> {
  readonly status: "ok";
  readonly result: Result;
}

/** How long codex has for its answer after a command's own time is up, in ms. */
const execGrace = 10_000;

/** Passes calls on. All reject as `Runtime.request` does. */
export class CodexCalls {
  readonly #runtime: Runtime;
  readonly #allowed: Allowed;

  constructor(runtime: Runtime, allowed: Allowed) {
    this.#runtime = runtime;
    this.#allowed = allowed;
  }

  /** Asks; nobody waits any more once `signal` fires. */
  ask<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    signal: AbortSignal,
  ): Promise<ResultOf<M>> {
    return this.#runtime.request(method, params, { signal });
  }

  /** Has codex do something. What was begun is finished, whoever waits. */
  async do<M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<Done<ResultOf<M>>> {
    return { status: "ok", result: await this.#runtime.request(method, params) };
  }

  /**
   * Calls a method that the protocol's types do not have: codex is asked all the same, since an
   * older or newer one may know it. Rejects with `method_not_supported` where it does not.
   */
  async doUntyped(method: string, params: object): Promise<Done<Record<string, unknown>>> {
    const result = await this.#runtime.request(method as ClientMethod, params as never);
    return { status: "ok", result: result as Record<string, unknown> };
  }

  /** Runs a command. Throws `operation_disabled` where the hub was not started to allow it. */
  async exec(input: OperationInput<"runtime.exec">): Promise<OperationOutput<"runtime.exec">> {
    this.#allowed.checkExec();
    const deadline = input.timeoutMs + execGrace;
    return {
      status: "ok",
      result: await this.#runtime.request("command/exec", input, { deadline }),
    };
  }

  /** Calls any method. Throws `method_denied` for one that is not passed on. */
  async call(
    { method, params = {} }: OperationInput<"app_server.call">,
    signal: AbortSignal,
  ): Promise<OperationOutput<"app_server.call">> {
    this.#allowed.checkMethod(method);
    const known = method as ClientMethod;
    const isRead = Object.hasOwn(clientRequests, method) && clientRequests[known].pureRead;
    const options = isRead ? { signal } : {};
    const result = await this.#runtime.request(known, params as never, options);
    return { status: "ok", result: result as OperationOutput<"app_server.call">["result"] };
  }

  /** Logs in. What it is given is in no error, whatever codex says of it. */
  async login(
    form: OperationInput<"account.login.start">,
  ): Promise<OperationOutput<"account.login.start">> {
    try {
      return await this.do("account/login/start", form as ParamsOf<"account/login/start">);
    } catch (error) {
      const secrets = [form.apiKey, form.accessToken].filter((text) => text !== undefined);
      throw withoutSecrets(error, secrets);
    }
  }

  /** Gives a login up. Throws `login_not_found` for one that is not under way. */
  async cancelLogin(loginId: string): Promise<OperationOutput<"account.login.cancel">> {
    const done = await this.do("account/login/cancel", { loginId });
    if (done.result.status !== "notFound") return done;
    throw new SignalboxError(
      "login_not_found",
      "No login with this id is under way: it was finished, given up, or never begun.",
      { details: { loginId } },
    );
  }
}

/** The same error, or one without cause that says [redacted] where a secret stood. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof SignalboxError)) return error;
  const clean = (text: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
  const told = JSON.stringify({ message: error.message, details: error.details });
  if (!secrets.some((secret) => told.includes(JSON.stringify(secret).slice(1, -1)))) return error;
  return new SignalboxError(error.code, clean(error.message), {
    details: JSON.parse(clean(JSON.stringify(error.details))) as Record<string, unknown>,
  });
}
