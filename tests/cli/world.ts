/** A hub with the real codex, and the command line run against it. */
import type { Operation, OutputOf } from "@signalbox/contract";
import {
  type Ended,
  runMain,
  type Surroundings,
} from "../../packages/cli/fixtures/captured-shell.ts";
import {
  call,
  createHubWorld,
  type HubWorld,
  type WorldOptions,
} from "../../packages/hub/fixtures/hub-world.ts";

/** The two together. */
export class CommandWorld implements AsyncDisposable {
  readonly hub: HubWorld;

  private constructor(hub: HubWorld) {
    this.hub = hub;
  }

  static async start(options?: WorldOptions): Promise<CommandWorld> {
    return new CommandWorld(await createHubWorld(options));
  }

  get env(): Record<string, string> {
    return { SIGNALBOX_URL: this.hub.hub.url, SIGNALBOX_TOKEN: this.hub.hub.token };
  }

  /** Runs the command with these words. */
  run(words: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
    return runMain(words, { ...surroundings, env: { ...this.env, ...surroundings.env } });
  }

  /** What it prints as JSON; fails where it failed. */
  async json<Output = never>(...words: readonly string[]): Promise<Output> {
    const { code, out, err } = await this.run([...words, "--json"]);
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${err}`);
    return JSON.parse(out) as Output;
  }

  /** Calls an operation without the command line. */
  call<Op extends Operation>(operation: Op, input: object): Promise<OutputOf<Op>> {
    return call(this.hub.hub, operation, input as never);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
  }
}
