/** The real codex over a scripted model, in a home of its own, for one test. */
import { Codex, type CodexOptions, type LogEntry } from "@signalbox/app-server";
import {
  type CodexHome,
  type CodexHomeOptions,
  createCodexHome,
  findCodex,
  type ScriptedModel,
  startScriptedModel,
} from "@signalbox/testing";

export type World = AsyncDisposable & {
  model: ScriptedModel;
  home: CodexHome;
  codex: Codex;
  /** Another Codex of its own over the same home and model. */
  another(options?: CodexOptions): Codex;
  log: LogEntry[];
};

export async function openWorld(
  options: { home?: Partial<CodexHomeOptions>; codex?: CodexOptions } = {},
): Promise<World> {
  const model = await startScriptedModel();
  const home = await createCodexHome({ model, ...options.home });
  const log: LogEntry[] = [];
  const open: Codex[] = [];
  const another = (more: CodexOptions = {}) => {
    const codex = new Codex({
      codexPath: findCodex(),
      env: home.env,
      cwd: home.workspace,
      log: (entry) => log.push(entry),
      ...options.codex,
      ...more,
    });
    open.push(codex);
    return codex;
  };
  return {
    model,
    home,
    codex: another(),
    another,
    log,
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((codex) => codex.close()));
      await model.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** The pid of the process behind a Codex. */
export function pidOf(codex: Codex): number {
  const pid = codex.client.info?.pid;
  if (pid === undefined) throw new Error("This Codex runs no process.");
  return pid;
}

/** True while a process with this pid exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The first of what `source` gives that satisfies `wanted`. */
export async function first<T>(
  source: AsyncIterable<T>,
  wanted: (value: T) => boolean,
): Promise<T> {
  for await (const value of source) if (wanted(value)) return value;
  throw new Error("The stream ended before what was waited for came.");
}

/** All that `source` gives. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of source) all.push(value);
  return all;
}
