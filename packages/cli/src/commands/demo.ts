/** `signalbox demo`: everything there is, once, on the real codex, in less than half a minute. */
import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Signalbox } from "@signalbox/sdk";
import { type ScriptedModel, startScriptedModel, writeCodexHome } from "@signalbox/testing";
import { HubProcess } from "../demo/hub-process.ts";
import { runProgram, type Story } from "../demo/program.ts";
import { Relay } from "../demo/relay.ts";
import {
  demoDeltas,
  realPrompt,
  releaseAnswer,
  scriptedPrompt,
  scriptTurn,
} from "../demo/script.ts";
import { type Comparison, readJournal, Tally } from "../demo/tally.ts";
import { Timeline } from "../demo/timeline.ts";
import { reportFailure } from "../exit.ts";

/** The command's options. */
export interface DemoOptions {
  readonly real?: boolean;
  readonly codex?: string;
  readonly json?: boolean;
}

/** Milliseconds the whole may take: a scripted model is quick, a real one thinks. */
const deadline = { scripted: 25_000, real: 180_000 };

/** Resolves with the exit code: 0 when all of it happened and nothing was missed or doubled. */
export async function demo(options: DemoOptions): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const limit = options.real === true ? deadline.real : deadline.scripted;
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(limit)]);
  const timeline = new Timeline({ json: options.json === true });
  try {
    const outcome = await tell(options, timeline, signal);
    return conclude(outcome, timeline);
  } catch (error) {
    if (stop.signal.aborted) return 130;
    if (!signal.aborted) return reportFailure(error, options);
    timeline.conclude(`The demo did not end within ${limit / 1_000} s.`, false, { ok: false });
    return 1;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

interface Outcome {
  readonly story: Story;
  readonly comparison: Comparison;
  readonly hubExit: number | null;
}

async function tell(
  options: DemoOptions,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const dir = await realpath(await mkdtemp(join(tmpdir(), "signalbox-demo-")));
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = join(dir, "workspace");
  await mkdir(workspace);

  let model: ScriptedModel | undefined;
  let env: Readonly<Record<string, string | undefined>> = process.env;
  if (options.real !== true) {
    model = stack.use(await startScriptedModel());
    scriptTurn(model);
    env = await writeCodexHome(join(dir, "codex"), { model, approvalPolicy: "on-request" });
    timeline.say("model", `a scripted model answers at ${model.url}`);
  }

  const home = join(dir, "hub");
  const codex = options.codex ?? process.env.SIGNALBOX_CODEX;
  const hub = stack.use(await HubProcess.start({ home, codex, env, signal }));
  const token = (await readFile(join(home, "token"), "utf8")).trim();
  timeline.say("hub", `signalbox serve listens on ${hub.url} (process ${hub.pid})`, {
    url: hub.url,
  });

  const relay = stack.use(await Relay.start(new URL(hub.url)));
  const tally = new Tally();
  const story = await runProgram({
    url: hub.url,
    token,
    workspace,
    prompt: model === undefined ? realPrompt : scriptedPrompt,
    relay,
    timeline,
    tally,
    cutAt: model === undefined ? 10 : demoDeltas.cutAt,
    whileCut: async (box) => {
      if (model !== undefined) releaseAnswer(model);
      const grown = await journalGrows(box, model === undefined ? 10 : 100, signal);
      return `${grown} events were written meanwhile`;
    },
    signal,
  });
  const journal = await readJournal({ url: hub.url, token }, story.from);
  const comparison = tally.compare(journal);
  const hubExit = await hub.stop();
  timeline.say("hub", `stopped with exit code ${hubExit}`);
  return { story, comparison, hubExit };
}

/** Resolves once the journal has grown by this much, or for 3 s has not. */
async function journalGrows(box: Signalbox, by: number, signal: AbortSignal): Promise<number> {
  const head = async () => (await box.system.health({}, { signal })).journal.head;
  const before = await head();
  const until = performance.now() + 3_000;
  for (;;) {
    const grown = (await head()) - before;
    if (grown >= by || performance.now() > until) return grown;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function conclude({ story, comparison, hubExit }: Outcome, timeline: Timeline): number {
  const { seen, missed, doubled, unknown, journaled } = comparison;
  const wrong = [
    story.skillCalls !== 1 && `the skill ran ${story.skillCalls} times instead of once`,
    story.skillAnswers !== 1 && "the skill's answer did not reach codex",
    story.approvals !== 1 && `${story.approvals} commands were approved instead of one`,
    story.commandExit !== 0 && `the command ended with ${story.commandExit}`,
    story.cuts !== 1 && "the wire was not cut",
    story.reconnects < 1 && "the stream did not come back",
    !story.isTextWhole && "the deltas do not make up the answer",
    story.turnStatus !== "completed" &&
      `the turn ended as ${story.turnStatus || "nothing"}${story.turnError === null ? "" : `: ${story.turnError}`}`,
    journaled === 0 && "the hub's journal is empty",
    missed > 0 && `${missed} events were missed`,
    doubled > 0 && `${doubled} events came twice`,
    unknown > 0 && `${unknown} events are not in the journal`,
    hubExit !== 0 && `the hub ended with exit code ${hubExit}`,
  ].filter((one) => one !== false);
  const isGood = wrong.length === 0;
  for (const one of wrong) timeline.say("sdk", `wrong: ${one}`);
  timeline.conclude(`${seen} events seen, ${missed} missed, ${doubled} doubled`, isGood, {
    ok: isGood,
    seen,
    missed,
    doubled,
    wrong,
  });
  return isGood ? 0 : 1;
}
