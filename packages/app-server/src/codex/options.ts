/** What may be asked for when a thread or a turn starts. Names and meanings are app-server's own. */
import type { ParamsOf, SandboxMode, SandboxPolicy } from "@signalbox/protocol";
import { AppServerError } from "../errors.ts";

/** The parameters of `thread/start`: model, cwd, sandbox, approvalPolicy, dynamicTools, config and so on. */
export type ThreadOptions = NonNullable<ParamsOf<"thread/start">>;

/** The overrides of `thread/resume`. They are ignored for a thread that runs. */
export type ResumeOptions = Omit<ParamsOf<"thread/resume">, "threadId">;

/** The overrides of `thread/fork`. */
export type ForkOptions = Omit<ParamsOf<"thread/fork">, "threadId">;

/** What to do when the thread runs a turn already. app-server itself would add the input to that turn and name one that never runs. */
export type WhenBusy =
  /** Wait until the turns before have ended, first come first served. */
  | "queue"
  /** Add the input to the turn that runs. */
  | "steer"
  /** Reject with `thread_busy`. */
  | "refuse";

/**
 * Overrides of a turn. app-server keeps them for the thread's later turns, but for `outputSchema`,
 * `environments`, `serviceTierForTurn` and `cyberAccessProgram`.
 */
export type TurnOptions = Omit<ParamsOf<"turn/start">, "threadId" | "input"> & {
  /** As in `thread/start`; the wire wants `sandboxPolicy` here, which is the other way to say it. */
  sandbox?: SandboxMode;
  /** Default: `queue`. */
  whenBusy?: WhenBusy;
  /** Gives up waiting for the start; once the turn runs, interrupts it. */
  signal?: AbortSignal;
};

const sandboxPolicies: Record<SandboxMode, SandboxPolicy> = {
  "read-only": { type: "readOnly", networkAccess: false },
  "workspace-write": {
    type: "workspaceWrite",
    writableRoots: [],
    networkAccess: false,
    excludeTmpdirEnvVar: false,
    excludeSlashTmp: false,
  },
  "danger-full-access": { type: "dangerFullAccess" },
};

/** The wire's form of a turn's overrides. Throws `invalid_input` for options that contradict each other. */
export function toTurnParams({
  sandbox,
  whenBusy: _,
  signal: __,
  ...params
}: TurnOptions): Omit<ParamsOf<"turn/start">, "threadId" | "input"> {
  refuseBoth({ sandbox, sandboxPolicy: params.sandboxPolicy, permissions: params.permissions });
  return sandbox === undefined ? params : { ...params, sandboxPolicy: sandboxPolicies[sandbox] };
}

/** Throws `invalid_input` for options that contradict each other. */
export function checkThreadOptions({
  sandbox,
  permissions,
}: Pick<ThreadOptions, "sandbox" | "permissions">): void {
  refuseBoth({ sandbox, permissions });
}

function refuseBoth(options: Record<string, unknown>): void {
  const given = Object.keys(options).filter(
    (name) => options[name] !== undefined && options[name] !== null,
  );
  if (given.length < 2) return;
  throw new AppServerError(
    "invalid_input",
    `${given.join(" and ")} exclude each other; nothing was sent. Give one of them.`,
    {
      details: { options: given },
    },
  );
}
