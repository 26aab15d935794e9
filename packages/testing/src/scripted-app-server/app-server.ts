/**
 * The scripted app-server itself: takes the client's lines, finds the rule for each, plays it.
 */
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { onLines } from "../lines.ts";
import { type Action, exit, reply } from "./action.ts";
import { CannedState, type Subject } from "./canned.ts";
import { Output } from "./output.ts";
import { type AppServerScript, CODEX_VERSION, type Rule } from "./script.ts";
import { fillTemplate } from "./template.ts";
import { turnCompleted, wholeTurn } from "./turn-events.ts";

/** The process around it. */
export interface Surroundings {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Told of every line, before anything is done about it. */
  received(line: string): void;
  /** Told of the end of stdin. */
  stdinEnded(): void;
  /** Resolves when the test has opened the gate. */
  passGate(name: string): Promise<void>;
  closeStdout(): void;
  exit(code: number): void;
  kill(signal: string): void;
}

interface Incoming {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What actions are played for: a message, or nothing in particular. */
interface Scene {
  readonly subject: Subject;
  readonly requestId: string | number | undefined;
}

/** One scripted app-server on its streams. */
export class AppServer {
  readonly #around: Surroundings;
  readonly #script: AppServerScript;
  readonly #output: Output;
  readonly #state: CannedState;
  readonly #rulesTaken = new Map<Rule, number>();
  readonly #gathered = new Map<string, Scene[]>();
  readonly #answered = new Latches();
  readonly #sent = new Latches();

  constructor(script: AppServerScript, around: Surroundings) {
    this.#script = script;
    this.#around = around;
    this.#output = new Output(around.stdout);
    this.#state = new CannedState(script.version ?? CODEX_VERSION, script.userAgent);
  }

  /** Plays `onStart`, then serves what comes. */
  async start(): Promise<void> {
    await this.play(this.#script.onStart ?? []);
    onLines(
      this.#around.stdin,
      (line) => {
        this.#around.received(line);
        this.#take(line);
      },
      () => {
        this.#around.stdinEnded();
        void this.play(this.#script.onStdinEnd ?? [exit(0)]);
      },
    );
  }

  /** Answers `--version`. */
  async version(): Promise<void> {
    const text = `codex-cli ${this.#script.version ?? CODEX_VERSION}\n`;
    await this.play(this.#script.onVersion ?? [{ type: "raw", text }, exit(0)]);
  }

  /** What SIGTERM does. */
  async terminate(): Promise<void> {
    await this.play(this.#script.onSigterm ?? [exit(0)]);
  }

  /** Plays actions that serve no message. */
  play(actions: readonly Action[]): Promise<void> {
    return this.#play(actions, { subject: this.#state.newest, requestId: undefined });
  }

  /** What the real one does with lines that make no sense is nothing. */
  #take(line: string): void {
    let message: Incoming;
    try {
      message = JSON.parse(line) as Incoming;
    } catch {
      return;
    }
    if (typeof message !== "object" || message === null) return;
    if (message.method === undefined) {
      if (message.id !== undefined) this.#answered.open(message.id);
      return;
    }
    const { method, id } = message;
    const scene = { subject: this.#state.subject(method, message.params ?? {}), requestId: id };
    const rule = this.#rule(method);
    this.#sent.pulse(method);
    void this.#play(rule?.actions ?? (id === undefined ? [] : defaultActions(method)), scene);
  }

  #rule(method: string): Rule | undefined {
    for (const rule of this.#script.rules ?? []) {
      if (rule.method !== method && rule.method !== "*") continue;
      const taken = this.#rulesTaken.get(rule) ?? 0;
      if (taken >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      this.#rulesTaken.set(rule, taken + 1);
      return rule;
    }
    return undefined;
  }

  async #play(actions: readonly Action[], scene: Scene): Promise<void> {
    for (const action of actions) await this.#act(action, scene);
  }

  async #act(action: Action, scene: Scene): Promise<void> {
    const fill = (data: unknown) =>
      fillTemplate(data, { ...scene.subject, requestId: scene.requestId });
    switch (action.type) {
      case "reply":
        return await this.#reply(scene, "result" in action ? fill(action.result) : undefined);
      case "reply_error": {
        const { code, message } = action;
        const data = "data" in action ? { data: fill(action.data) } : {};
        return await this.#output.message({
          id: scene.requestId,
          error: { code, message, ...data },
        });
      }
      case "gather":
        return await this.#gather(action.name, action.order, scene);
      case "notify":
        return await this.#notify(action.method, fill(action.params));
      case "request": {
        const { id, method } = action;
        return await this.#output.message({ id, method, params: fill(action.params) });
      }
      case "await_answer":
        return await this.#answered.wait(action.id);
      case "await_message":
        return await this.#sent.wait(action.method);
      case "raw":
        return await this.#output.text(String(fill(action.text)));
      case "pieces":
        return await this.#output.pieces(String(fill(action.text)), action.size, action.pauseMs);
      case "giant_line": {
        const head = action.json ? '{"method":"warning","params":{"message":"' : "";
        const tail = `${action.json ? '","threadId":null}}' : ""}${action.newline ? "\n" : ""}`;
        return await this.#output.giant(head, Math.ceil(action.mebibytes * 1024 * 1024), tail);
      }
      case "flood":
        return await this.#flood(action);
      case "gate":
        await this.#output.flushed();
        return await this.#around.passGate(action.name);
      case "pause":
        return await delay(action.ms);
      case "stderr":
        await new Promise<void>((done) => this.#around.stderr.write(action.text, () => done()));
        return;
      case "exit":
        await this.#output.flushed();
        return this.#around.exit(action.code);
      case "kill":
        await this.#output.flushed();
        return this.#around.kill(action.signal);
      case "end_stdout":
        await this.#output.flushed();
        this.#output.end();
        return this.#around.closeStdout();
      case "stop_reading":
        this.#around.stdin.pause();
        return;
    }
  }

  async #reply(scene: Scene, result: unknown): Promise<void> {
    const { requestId, subject } = scene;
    if (requestId === undefined) throw new Error("reply() has no request to answer here.");
    const given = result ?? this.#state.answer(subject);
    await this.#output.message({ id: requestId, result: given });
    if (subject.method === "thread/start" || subject.method === "thread/fork") {
      await this.#notify("thread/started", { thread: (given as { thread?: unknown }).thread });
    }
  }

  async #gather(name: string, order: readonly number[], scene: Scene): Promise<void> {
    const gathered = [...(this.#gathered.get(name) ?? []), scene];
    this.#gathered.set(name, gathered);
    if (gathered.length < order.length) return;
    this.#gathered.delete(name);
    for (const place of order) await this.#reply(gathered[place] as Scene, undefined);
  }

  async #notify(method: string, params: unknown): Promise<void> {
    this.#state.told(method, params);
    await this.#output.message({ method, params, emittedAtMs: Date.now() });
  }

  async #flood(action: Extract<Action, { type: "flood" }>): Promise<void> {
    const turns = action.turns ?? this.#state.runningTurns();
    await this.#output.lines(floodLines(turns, action.count, action.text));
    if (!action.complete) return;
    for (const turn of turns) {
      const subject = { method: "", params: {}, ...turn };
      await this.#play(turnCompleted(), { subject, requestId: undefined });
    }
  }
}

function defaultActions(method: string): readonly Action[] {
  if (method === "turn/start") return [reply(), ...wholeTurn()];
  if (method === "turn/interrupt") return [reply(), ...turnCompleted("interrupted")];
  return [reply()];
}

function* floodLines(
  turns: readonly { readonly threadId: string; readonly turnId: string }[],
  count: number,
  text: string,
): Iterable<string> {
  if (turns.length === 0) throw new Error("flood() found no running turn to write about.");
  const lines = turns.map(({ threadId, turnId }) => {
    const params = { threadId, turnId, itemId: `${turnId}-agent`, delta: text };
    const message = { method: "item/agentMessage/delta", params, emittedAtMs: Date.now() };
    return `${JSON.stringify(message)}\n`;
  });
  for (let index = 0; index < count; index += 1) yield lines[index % lines.length] as string;
}

/** Waits by key: for what happened already (`open`), or for what happens next (`pulse`). */
class Latches {
  readonly #open = new Set<string | number>();
  readonly #waiting = new Map<string | number, (() => void)[]>();

  open(key: string | number): void {
    this.#open.add(key);
    this.pulse(key);
  }

  pulse(key: string | number): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const resolve of waiting) resolve();
  }

  wait(key: string | number): Promise<void> {
    if (this.#open.has(key)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    });
  }
}
