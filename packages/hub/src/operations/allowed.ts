/** What the hub does only where whoever started it allowed it. */
import { type MethodAccess, methodAccess, SignalboxError } from "@signalbox/contract";

/** What was allowed. */
export interface AllowedOptions {
  /** Commands outside a session (`runtime.exec`). Default false. */
  readonly allowExec?: boolean;
  /** Methods that `app_server.call` passes on besides the open ones. Default none. */
  readonly allowedMethods?: readonly string[];
}

/** What is allowed. */
export class Allowed {
  readonly exec: boolean;
  readonly #methods: ReadonlySet<string>;

  constructor({ allowExec = false, allowedMethods = [] }: AllowedOptions) {
    this.exec = allowExec;
    this.#methods = new Set(allowedMethods);
  }

  /** Why `app_server.call` passes a method on or does not: `open` where it was allowed. */
  accessOf(method: string): MethodAccess {
    return this.#methods.has(method) ? "open" : methodAccess(method);
  }

  /** Throws `operation_disabled` where commands may not be run. */
  checkExec(): void {
    if (this.exec) return;
    throw new SignalboxError(
      "operation_disabled",
      "This hub runs no commands outside sessions. To allow it, start it with --allow-exec.",
      { details: { option: "--allow-exec" } },
    );
  }

  /** Throws `method_denied` for a method that is not passed on. */
  checkMethod(method: string): void {
    const reason = this.accessOf(method);
    if (reason === "open") return;
    throw new SignalboxError(
      "method_denied",
      `The hub does not pass ${method} on: ${reasons[reason]}. To allow it all the same, start the hub with --allow-app-server-method ${method}.`,
      { details: { method, reason } },
    );
  }
}

const reasons: Record<Exclude<MethodAccess, "open">, string> = {
  hub: "the hub keeps account of this itself, and has an operation where it can be asked",
  executes: "it runs something or gives the means to",
  files: "it reaches any file, credentials among them",
  config: "it changes what codex is set up with",
  account: "it touches logins, credentials or what the account pays",
  uploads: "it sends something out of this machine",
  deletes: "it removes something for good",
  connection: "it belongs to the hub's own connection",
  unclassified: "this version of the hub does not know it",
};
