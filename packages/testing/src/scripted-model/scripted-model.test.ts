import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  deltas,
  dropSocket,
  event,
  execCommand,
  failed,
  functionCall,
  gate,
  hang,
  httpError,
  incomplete,
  item,
  localShell,
  reasoning,
  type ScriptedModel,
  startScriptedModel,
  text,
  usage,
} from "../index.ts";

interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

function ask(
  model: ScriptedModel,
  body: object = {},
  init: { readonly signal?: AbortSignal; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${model.url}/responses`, { method: "POST", body: JSON.stringify(body), ...init });
}

function user(content: string): object {
  return {
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: content }] }],
  };
}

function parseEvents(stream: string): StreamEvent[] {
  return stream
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [name, data] = block.split("\n");
      const parsed = JSON.parse(data!.slice("data: ".length)) as StreamEvent;
      expect(name).toBe(`event: ${parsed.type}`);
      return parsed;
    });
}

async function events(response: Promise<Response>): Promise<StreamEvent[]> {
  return parseEvents(await (await response).text());
}

test("text is an item added, its deltas, the item done, and a completed response", async () => {
  await using model = await startScriptedModel();
  model.turn([text("abcde", { chunk: 2, phase: "final_answer" }), usage({ input: 7, output: 3 })]);
  const stream = await events(ask(model));
  expect(stream.map(({ type, delta }) => delta ?? type)).toEqual([
    "response.created",
    "response.output_item.added",
    "ab",
    "cd",
    "e",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(stream[5]?.item).toMatchObject({
    phase: "final_answer",
    content: [{ type: "output_text", text: "abcde" }],
  });
  expect(stream[6]?.response).toMatchObject({
    usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
  });
});

test("a chunk cuts between characters, never inside one, and must be a whole number", async () => {
  await using model = await startScriptedModel();
  model.turn(text("a😀b", { chunk: 1 }));
  const stream = await events(ask(model));
  expect(stream.flatMap(({ delta }) => delta ?? [])).toEqual(["a", "😀", "b"]);
  expect(() => text("abc", { chunk: 0 })).toThrow(RangeError);
});

test("reasoning has parts of summary and raw text, each with its deltas", async () => {
  await using model = await startScriptedModel();
  model.turn(reasoning(["one", ["t", "wo"]], { content: "raw" }));
  const stream = await events(ask(model));
  expect(stream.find(({ type }) => type === "response.output_item.done")?.item).toMatchObject({
    summary: [{ text: "one" }, { text: "two" }],
    content: [{ type: "reasoning_text", text: "raw" }],
  });
  expect(
    stream.flatMap(({ delta, summary_index: part }) => (delta ? [[delta, part]] : [])),
  ).toEqual([
    ["one", 0],
    ["t", 1],
    ["wo", 1],
    ["raw", undefined],
  ]);
});

test("calls get ids of their own, and the shell tool has the name the request offers", async () => {
  await using model = await startScriptedModel();
  const steps = [execCommand({ cmd: "ls" }), functionCall("f", { a: 1 }), localShell(["ls"])];
  model.turn(steps, steps, execCommand({ cmd: "ls" }));
  const items = async (tools: object[]) =>
    (await events(ask(model, { tools })))
      .filter(({ type }) => type === "response.output_item.done")
      .map(({ item: one }) => one as Record<string, string>);
  const first = await items([{ type: "function", name: "shell_command" }]);
  expect(first.map(({ name, arguments: args }) => [name, args])).toEqual([
    ["shell_command", '{"command":"ls"}'],
    ["f", '{"a":1}'],
    [undefined, undefined],
  ]);
  const second = await items([{ type: "function", name: "exec_command" }]);
  expect(second[0]).toMatchObject({ name: "exec_command", arguments: '{"cmd":"ls"}' });
  const third = await items([{ type: "function", name: "shell" }]);
  expect(third[0]?.arguments).toBe('{"command":["bash","-lc","ls"]}');
  const ids = [...first, ...second, ...third].map(({ call_id: id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a response can fail, stay incomplete, or be an HTTP error", async () => {
  await using model = await startScriptedModel();
  model.turn(
    [text("x"), failed("server_error", "boom")],
    incomplete("content_filter"),
    httpError(429, { error: { message: "slow" } }, { "retry-after": "1" }),
    [event({ type: "response.custom", a: 1 })],
  );
  expect((await events(ask(model))).at(-1)).toMatchObject({
    type: "response.failed",
    response: { error: { code: "server_error", message: "boom" } },
  });
  expect((await events(ask(model))).at(-1)).toMatchObject({
    type: "response.incomplete",
    response: { incomplete_details: { reason: "content_filter" } },
  });
  const refused = await ask(model);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await refused.json()).toEqual({ error: { message: "slow" } });
  expect(await events(ask(model))).toContainEqual({ type: "response.custom", a: 1 });
  expect(await Promise.all(model.requests.map(({ ended }) => ended))).toEqual([
    "error",
    "error",
    "error",
    "completed",
  ]);
});

test("the socket drops before the headers or in mid-stream", async () => {
  await using model = await startScriptedModel();
  model.turn(dropSocket(), [text("half"), dropSocket()]);
  await expect(ask(model)).rejects.toThrow();
  const second = await ask(model);
  await expect(second.text()).rejects.toThrow();
  expect(await model.requests[1]?.ended).toBe("dropped");
});

test("a gate holds the stream with all before it sent, and once released stays open", async () => {
  await using model = await startScriptedModel();
  const replies = [text(["a", gate("half"), "b"]), text(["c", gate("half"), "d"])];
  model.turn(...replies);
  const response = await ask(model);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await model.gate("half").reached;
  const before = await reader.read();
  expect(before.value).toContain('"delta":"a"');
  model.gate("half").release();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
  expect(rest).toContain('"text":"ab"');
  expect(await events(ask(model))).toHaveLength(6);
});

test("a gate as the first step holds back the headers as well", async () => {
  await using model = await startScriptedModel();
  model.turn([gate("start"), text("x")]);
  let answered = false;
  const response = ask(model).then((one) => {
    answered = true;
    return one;
  });
  await model.gate("start").reached;
  expect(answered).toBe(false);
  model.gate("start").release();
  expect((await response).status).toBe(200);
});

test("a client that goes away ends its stream, also one that hangs", async () => {
  await using model = await startScriptedModel();
  model.turn([text("x"), hang()], [gate("never"), text("y")]);
  const gone = new AbortController();
  await ask(model, {}, { signal: gone.signal });
  const held = ask(model, {}, { signal: gone.signal });
  held.catch(() => {});
  await model.gate("never").reached;
  gone.abort();
  expect(await Promise.all(model.requests.map(({ ended }) => ended))).toEqual([
    "client_closed",
    "client_closed",
  ]);
});

test("closing ends open streams, refuses who waits for a request, and may be called twice", async () => {
  const model = await startScriptedModel();
  model.turn([text("x"), hang()]);
  const open = await ask(model);
  const refused = expect(model.waitForRequest(5)).rejects.toThrow("closed before");
  await Promise.all([model.close(), model.close()]);
  await expect(open.text()).rejects.toThrow();
  expect(await model.requests[0]?.ended).toBe("model_closed");
  await refused;
  await expect(model.waitForRequest(6)).rejects.toThrow("closed before");
});

test("a request is recorded with what a script needs to know of it", async () => {
  await using model = await startScriptedModel();
  const waited = model.waitForRequest(0);
  model.turn(text("x"));
  const input = [
    { type: "message", role: "user", content: [{ type: "input_text", text: "context" }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "do it" }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "well" }] },
    { type: "function_call_output", call_id: "c1", output: "done" },
  ];
  const tools = [{ type: "function", name: "f" }];
  await ask(
    model,
    { instructions: "be good", input, tools },
    { headers: { "thread-id": "thread-a" } },
  );
  const request = await waited;
  expect(request).toMatchObject({
    index: 0,
    path: "/v1/responses",
    instructions: "be good",
    tools,
    threadId: "thread-a",
    userTexts: ["context", "do it"],
    lastUserText: "do it",
  });
  expect(request.toolOutputs).toEqual(new Map([["c1", "done"]]));
  expect(await model.waitForRequest((one) => one.lastUserText === "do it")).toBe(request);
});

test("several scripts run beside each other, each for the requests that match", async () => {
  await using model = await startScriptedModel();
  model.turn(text("common"));
  model.when("apple").turn(text("red"), text("green"));
  model.when(/^pear/).turn(text("yellow"));
  model.when((request) => request.threadId === "t").turn(text("by thread"));
  const reply = async (content: string, headers?: Record<string, string>) => {
    const stream = await events(ask(model, user(content), headers ? { headers } : {}));
    return stream.find(({ delta }) => delta !== undefined)?.delta;
  };
  expect(model.left).toBe(5);
  expect(await reply("pear")).toBe("yellow");
  expect(await reply("an apple")).toBe("red");
  expect(await reply("whatever", { "thread-id": "t" })).toBe("by thread");
  expect(await reply("an apple")).toBe("green");
  expect(await reply("an apple")).toBe("common");
  expect(model.left).toBe(0);
});

test("a function replies when no queue does, and what nobody replies to is an error that says so", async () => {
  await using model = await startScriptedModel();
  model.respond(({ lastUserText }) => (lastUserText === "yes" ? text("function") : undefined));
  model.turn(text("queue"));
  const reply = async () => (await events(ask(model, user("yes"))))[2]?.delta;
  expect([await reply(), await reply()]).toEqual(["queue", "function"]);
  const refused = await ask(model, user("no"));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    error: { message: 'Nothing is scripted for model request 2 (last user text "no").' },
  });
  expect(model.unscripted.map(({ index }) => index)).toEqual([2]);
});

test("a script that throws fails the request with its text and is kept as a fault", async () => {
  await using model = await startScriptedModel();
  model.turn(
    item(() => {
      throw new Error("no such tool");
    }),
    [text(["x", gate("open")]), httpError(500)],
  );
  model.gate("open").release();
  const refused = await ask(model);
  expect(refused.status).toBe(500);
  expect(await refused.text()).toContain("no such tool");
  await expect(ask(model).then((one) => one.text())).rejects.toThrow();
  expect(model.faults.map(String)).toEqual([
    "Error: no such tool",
    expect.stringContaining("first step"),
  ]);
});

test("a flood is made no faster than it is read", async () => {
  await using model = await startScriptedModel();
  const count = 200_000;
  model.turn(text(deltas(count, () => "0123456789", { [count - 1]: "almost all" })));
  const rest = model.gate("almost all");
  let made = false;
  void rest.reached.then(() => {
    made = true;
  });
  const outgoing = httpRequest(`${model.url}/responses`, { method: "POST" });
  outgoing.end("{}");
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  // Nobody reads: as often as the loop may turn, the rest is not made.
  for (let turn = 0; turn < 5_000; turn += 1) await setImmediate();
  expect(made).toBe(false);
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await rest.reached;
  rest.release();
  await once(response, "end");
  expect(bytes).toBeGreaterThan(count * 100);
});

test("models are listed, and other routes and bodies refused", async () => {
  await using model = await startScriptedModel({ models: ["mock-model"] });
  expect(await (await fetch(`${model.url}/models`)).json()).toEqual({
    object: "list",
    data: [{ id: "mock-model", object: "model" }],
  });
  expect((await fetch(`${model.url}/nothing`)).status).toBe(404);
  const init = { method: "POST", body: "no json" };
  expect((await fetch(`${model.url}/responses`, init)).status).toBe(400);
});
