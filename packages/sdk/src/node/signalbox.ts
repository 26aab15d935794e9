/** The client with what only Node has: settings from files and the environment. */
import type { HandlerMode } from "../handlers/handler-mode.ts";
import type { SignalboxOptions } from "../options.ts";
import { Signalbox as NeutralSignalbox } from "../signalbox.ts";
import { readEnvironment, readProfile } from "./settings.ts";

/** What can be given beside a profile or the environment. */
export type LocalOptions<Mode extends HandlerMode = "async"> = Omit<
  SignalboxOptions<Mode>,
  "url" | "token"
>;

/** The same client as `@signalbox/sdk` has, which can also find its hub by itself. */
export class Signalbox<Mode extends HandlerMode = "async"> extends NeutralSignalbox<Mode> {
  /**
   * A client for a profile of `~/.config/signalbox/config.json`; without a name the current one, else
   * `local`, the hub on this machine. Throws `invalid_request` for an unknown name, naming the known.
   */
  static fromProfile<Mode extends HandlerMode = "async">(
    name?: string,
    options?: LocalOptions<Mode>,
  ): Signalbox<Mode> {
    return new Signalbox<Mode>({ ...options, ...readProfile(name) });
  }

  /**
   * A client for `SIGNALBOX_URL` and `SIGNALBOX_TOKEN`; without either, the hub on this machine.
   * Throws `invalid_request` when there is no token to be had.
   */
  static fromEnv<Mode extends HandlerMode = "async">(
    options?: LocalOptions<Mode>,
  ): Signalbox<Mode> {
    return new Signalbox<Mode>({ ...options, ...readEnvironment() });
  }
}
