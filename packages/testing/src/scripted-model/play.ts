/**
 * Plays one reply: turns its steps into the events of a Responses API stream.
 */
import type { ServerResponse } from "node:http";
import type { ScriptGate } from "../gate.ts";
import { EventStream } from "./event-stream.ts";
import type { RecordedRequest, RequestEnd } from "./recorded-request.ts";
import type { Deltas, Reply, Step, Usage } from "./step.ts";

/** What a reply is played with. */
export interface Stage {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
  /** Aborts when the response's socket is gone. */
  readonly closed: AbortSignal;
  gate(name: string): ScriptGate;
  /** A new id with this prefix, e.g. `msg_3`. */
  nextId(prefix: string): string;
}

const DEFAULT_USAGE: Usage = { input: 10, output: 5 };

/** Plays a reply to its end; rejects with `StreamClosed` when the client goes away before. */
export async function play(reply: Reply, stage: Stage): Promise<RequestEnd> {
  return await new Performance(stage).play(Array.isArray(reply) ? reply : [reply as Step]);
}

class Performance {
  readonly #stage: Stage;
  readonly #stream: EventStream;
  readonly #responseId: string;
  #usage = DEFAULT_USAGE;
  #created = false;
  #outputIndex = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#stream = new EventStream(stage.response, stage.closed);
    this.#responseId = stage.nextId("resp");
  }

  async play(steps: readonly Step[]): Promise<RequestEnd> {
    for (const step of steps) {
      const end = await this.#playStep(step);
      if (end !== undefined) return end;
    }
    await this.#end("response.completed", { usage: toWireUsage(this.#usage) });
    return "completed";
  }

  async #playStep(step: Step): Promise<RequestEnd | undefined> {
    switch (step.type) {
      case "text":
        await this.#text(step.deltas, step.phase);
        return undefined;
      case "reasoning":
        await this.#reasoning(step.summary, step.content);
        return undefined;
      case "item": {
        const { request } = this.#stage;
        const { item } = step;
        await this.#done(
          typeof item === "function" ? item({ request, id: this.#stage.nextId("call") }) : item,
        );
        return undefined;
      }
      case "event":
        await this.#create();
        await this.#stream.write(step.event);
        return undefined;
      case "usage":
        this.#usage = step.usage;
        return undefined;
      case "gate":
        await this.#pass(step.name);
        return undefined;
      case "http_error":
        this.#httpError(step.status, step.body, step.headers);
        return "error";
      case "failed":
        await this.#end("response.failed", { error: { code: step.code, message: step.message } });
        return "error";
      case "incomplete":
        await this.#end("response.incomplete", { incomplete_details: { reason: step.reason } });
        return "error";
      case "drop_socket":
        if (this.#created) await this.#stream.flush();
        this.#stage.response.destroy();
        return "dropped";
      case "hang":
        if (this.#created) await this.#stream.flush();
        return await this.#stream.until(new Promise<never>(() => {}));
    }
  }

  async #text(deltas: Deltas, phase: string | undefined): Promise<void> {
    const id = this.#stage.nextId("msg");
    const message = { type: "message", role: "assistant", id, ...(phase && { phase }) };
    await this.#added({ ...message, content: [] });
    const whole = await this.#deltas(deltas, (delta) => ({
      type: "response.output_text.delta",
      item_id: id,
      output_index: this.#outputIndex,
      content_index: 0,
      delta,
    }));
    await this.#done({ ...message, content: [{ type: "output_text", text: whole }] });
  }

  async #reasoning(summary: readonly Deltas[], content: Deltas | undefined): Promise<void> {
    const id = this.#stage.nextId("rs");
    const at = { item_id: id, output_index: this.#outputIndex };
    await this.#added({ type: "reasoning", id, summary: [] });
    const parts: object[] = [];
    for (const [index, part] of summary.entries()) {
      const where = { ...at, summary_index: index };
      await this.#stream.write({ type: "response.reasoning_summary_part.added", ...where });
      const whole = await this.#deltas(part, (delta) => ({
        type: "response.reasoning_summary_text.delta",
        ...where,
        delta,
      }));
      parts.push({ type: "summary_text", text: whole });
    }
    const raw =
      content &&
      (await this.#deltas(content, (delta) => ({
        type: "response.reasoning_text.delta",
        ...at,
        content_index: 0,
        delta,
      })));
    await this.#done({
      type: "reasoning",
      id,
      summary: parts,
      ...(raw === undefined ? {} : { content: [{ type: "reasoning_text", text: raw }] }),
    });
  }

  /** Writes deltas as they come and gives back their text. */
  async #deltas(
    deltas: Deltas,
    toEvent: (delta: string) => { readonly type: string },
  ): Promise<string> {
    let whole = "";
    for (const delta of deltas) {
      if (typeof delta !== "string") {
        await this.#pass(delta.name);
        continue;
      }
      whole += delta;
      const full = this.#stream.write(toEvent(delta));
      if (full !== undefined) await full;
    }
    return whole;
  }

  async #pass(name: string): Promise<void> {
    // A gate before everything else also holds back the headers.
    if (this.#created) await this.#stream.flush();
    await this.#stream.until(this.#stage.gate(name).pass());
  }

  async #added(item: object): Promise<void> {
    await this.#create();
    const at = { output_index: this.#outputIndex };
    await this.#stream.write({ type: "response.output_item.added", ...at, item });
  }

  async #done(item: object): Promise<void> {
    await this.#create();
    const at = { output_index: this.#outputIndex };
    await this.#stream.write({ type: "response.output_item.done", ...at, item });
    this.#outputIndex += 1;
  }

  async #create(): Promise<void> {
    if (this.#created) return;
    this.#created = true;
    await this.#stream.write({ type: "response.created", response: { id: this.#responseId } });
  }

  async #end(type: string, fields: object): Promise<void> {
    await this.#create();
    await this.#stream.write({ type, response: { id: this.#responseId, ...fields } });
    await this.#stream.end();
  }

  #httpError(status: number, body: string, headers: Readonly<Record<string, string>>): void {
    if (this.#created) {
      throw new Error(
        "httpError() can only be the first step of a reply: headers are out already.",
      );
    }
    const type = body.startsWith("{") ? "application/json" : "text/plain";
    this.#stage.response.writeHead(status, { "content-type": type, ...headers }).end(body);
  }
}

function toWireUsage(usage: Usage): object {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cachedInput ?? 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoningOutput ?? 0 },
    total_tokens: usage.input + usage.output,
  };
}
