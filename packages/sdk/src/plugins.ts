/** Parts of a program that live as long as a client does. */
import type { Signalbox } from "./signalbox.ts";

/** A part with a life of its own. */
export interface Plugin {
  readonly name: string;
  /** Called as the client is made, in the order of the list: to register handlers and hooks. */
  register?(box: Signalbox): void;
  /** Called by `box.start()`, in the order of the list, each after the one before is done. */
  start?(box: Signalbox): unknown;
  /** Called by `box.close()` for what was started, in the other order. */
  stop?(box: Signalbox): unknown;
}

/** A plugin that did not stop as it should; closing goes on all the same. */
export interface PluginFailure {
  readonly plugin: string;
  readonly error: unknown;
}

/** The plugins of one client. */
export class Plugins {
  readonly #box: Signalbox;
  readonly #plugins: readonly Plugin[];
  readonly #onFailure: (failure: PluginFailure) => void;
  #started: Plugin[] = [];
  #starting: Promise<void> | undefined;

  /** Registers each in order. Throws what one throws. */
  constructor(
    box: Signalbox,
    plugins: readonly Plugin[],
    onFailure: (failure: PluginFailure) => void = logPluginFailure,
  ) {
    this.#box = box;
    this.#plugins = plugins;
    this.#onFailure = onFailure;
    for (const plugin of plugins) plugin.register?.(box);
  }

  /** Starts each in order, once. When one fails, those before it are stopped again and its error is thrown. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops what was started, last first; never rejects. Idempotent. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => {});
    const started = this.#started.toReversed();
    this.#started = [];
    for (const plugin of started) {
      try {
        await plugin.stop?.(this.#box);
      } catch (error) {
        this.#onFailure({ plugin: plugin.name, error });
      }
    }
  }

  async #start(): Promise<void> {
    for (const plugin of this.#plugins) {
      try {
        await plugin.start?.(this.#box);
      } catch (error) {
        // Not through `stop`, which would wait for this very start.
        this.#starting = undefined;
        await this.stop();
        throw error;
      }
      this.#started.push(plugin);
    }
  }
}

function logPluginFailure({ plugin, error }: PluginFailure): void {
  console.error(`Plugin ${plugin} failed to stop`, error);
}
