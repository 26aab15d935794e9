/** How a hub is started. */
import type { RetentionLimits } from "./journal/retention.ts";
import type { LogOptions } from "./log.ts";
import type { AllowedOptions } from "./operations/allowed.ts";
import type { Deadlines } from "./requests/kind.ts";
import type { RuntimeKind } from "./runtime/runtime.ts";
import type { AuditLimits } from "./store/audit-log.ts";
import type { ReaderLimits } from "./stream/reader.ts";

/** How a hub is started. */
export interface HubOptions extends AllowedOptions {
  /** Its home folder; made when it is not there. */
  readonly home: string;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 4777; 0 takes a free one. */
  readonly port?: number;
  /**
   * How codex is held. `private`, the default: a child that ends with the hub. `shared`: a process
   * that outlives the hub, on a socket in its home that other Codex clients can join.
   */
  readonly runtime?: RuntimeKind;
  /** The codex binary; default: found as `@signalbox/app-server` says. */
  readonly codexPath?: string;
  /** Environment codex runs in, merged over this process's; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * How long codex may give no sign of life, in ms, though it is asked for one after a quarter of that.
   * After half of it the hub is not ready; then codex is ended by SIGKILL and started again. Default
   * 60,000; `Infinity`: never.
   */
  readonly unresponsiveAfter?: number;
  /**
   * How long a turn may be silent before codex is asked whether it still runs, in ms; then after twice
   * as long, and so on to 32 times. Default 15,000; `Infinity`: never.
   */
  readonly silentAfter?: number;
  /** Where codex runs, and sessions that name no directory. Default: here. */
  readonly cwd?: string;
  /** Refuses changes of what new sessions begin with. Default false. */
  readonly lockDefaults?: boolean;
  /** What clients must show. Default: the one in the home folder, made on the first start. */
  readonly token?: string;
  readonly log?: LogOptions;
  /** How long questions wait for their answers, in ms, by kind. */
  readonly deadlines?: Partial<Deadlines>;
  /** How long a turn may take to end that was interrupted for a message, in ms. Default 30,000. */
  readonly interjectPatience?: number;
  /** How much of what was done is kept. */
  readonly audit?: Partial<AuditLimits>;
  /** How much of the journal is kept. Default: 30 days, deltas of finished items one day, 2 GiB. */
  readonly retention?: Partial<RetentionLimits>;
  /** Ms between two signs of life to each stream. Default 20,000. */
  readonly pingInterval?: number;
  /** Bounds of each stream. */
  readonly streamLimits?: Partial<ReaderLimits>;
  /** Holds outputs against the contract, for tests. Default false. */
  readonly checkOutputs?: boolean;
}
