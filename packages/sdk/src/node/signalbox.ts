/** The client with what only Node has: settings from files and the environment. */
import type { SignalboxOptions } from "../options.ts";
import { Signalbox as NeutralSignalbox } from "../signalbox.ts";
import { readEnvironment, readProfile } from "./settings.ts";

/** What can be given beside a profile or the environment. */
export type LocalOptions = Partial<Omit<SignalboxOptions, "url" | "token">>;

/** The same client as `@signalbox/sdk` has, which can also find its hub by itself. */
export class Signalbox extends NeutralSignalbox {
  /**
   * A client for a profile of `~/.config/signalbox/config.json`; without a name the current one, else
   * `local`, the hub on this machine. Throws `invalid_request` for an unknown name, naming the known.
   */
  static fromProfile(name?: string, options: LocalOptions = {}): Signalbox {
    return new Signalbox({ ...options, ...readProfile(name) });
  }

  /**
   * A client for `SIGNALBOX_URL` and `SIGNALBOX_TOKEN`; without either, the hub on this machine.
   * Throws `invalid_request` when there is no token to be had.
   */
  static fromEnv(options: LocalOptions = {}): Signalbox {
    return new Signalbox({ ...options, ...readEnvironment() });
  }
}
