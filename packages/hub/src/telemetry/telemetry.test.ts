/** Metrics and traces of a hub that works with the real codex. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { operations } from "@signalbox/contract";
import { functionCall, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  fetchJson,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const spans = new InMemorySpanExporter();
/** Takes the caller's span from a header as `traceparent` says. */
const propagator: TextMapPropagator = {
  fields: () => ["traceparent"],
  inject: () => {},
  extract(context, carrier, getter) {
    const [, traceId, spanId] = String(getter.get(carrier, "traceparent") ?? "").split("-");
    if (traceId === undefined || spanId === undefined) return context;
    return trace.setSpanContext(context, { traceId, spanId, traceFlags: 1, isRemote: true });
  },
};

/** Carries the active span along what is awaited. */
class Storage implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with: ContextManager["with"] = (active, work, self, ...args) =>
    this.#storage.run(active, () => work.call(self as never, ...args));

  bind: ContextManager["bind"] = (_, target) => target;

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

let world: HubWorld;
beforeAll(async () => {
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  propagation.setGlobalPropagator(propagator);
  context.setGlobalContextManager(new Storage());
  world = await createHubWorld({ hub: { deadlines: { tool_call: 50 } } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  trace.disable();
  propagation.disable();
  context.disable();
});

async function metrics(): Promise<string> {
  const headers = { authorization: `Bearer ${world.hub.token}` };
  const response = await fetch(`${world.hub.url}/metrics`, { headers });
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

test("events, questions by kind and outcome, and operations by how they ended are counted", async () => {
  const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [tool],
  });
  world.model.turn(functionCall("look", {}), text("Nobody looked."));
  using stream = await StreamClient.open(world.hub, { threadId: session.sessionId });
  await call(world.hub, operations["sessions.send_message"], {
    sessionId: session.sessionId,
    text: "Look",
  });
  await stream.event("app_server.turn.completed");
  await callRaw(world.hub, operations["sessions.get"], { sessionId: "nobody" });

  const health = await call(world.hub, operations["system.health"], {});
  const lines = (await metrics()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      `signalbox_events_appended_total ${health.journal.head}`,
      `signalbox_journal_head ${health.journal.head}`,
      'signalbox_requests_opened_total{kind="tool_call"} 1',
      'signalbox_requests_resolved_total{kind="tool_call",outcome="timed_out"} 1',
      'signalbox_operation_duration_seconds_count{operation="sessions.create",code="ok"} 1',
      'signalbox_operation_duration_seconds_count{operation="sessions.get",code="session_not_found"} 1',
      "signalbox_runtime_ready 1",
      "signalbox_runtime_generation 1",
      "signalbox_storage_writable 1",
      "signalbox_stream_readers 1",
    ]),
  );
  expect(lines.some((line) => /^process_resident_memory_bytes \d{7,}$/.test(line))).toBe(true);
});

test("metrics need the token, like everything", async () => {
  const response = await fetch(`${world.hub.url}/metrics`);
  expect(response.status).toBe(401);
});

test("each operation is a span under its caller's, with its surface and how it failed", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  spans.reset();
  await fetchJson(world.hub, "/api/sessions/nobody", {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  expect(spans.getFinishedSpans()).toMatchObject([
    {
      name: "sessions.get",
      parentSpanContext: { traceId, spanId: "b7ad6b7169203331" },
      attributes: {
        "signalbox.operation": "sessions.get",
        "signalbox.surface": "http",
        "error.type": "session_not_found",
      },
    },
  ]);
});

test("what an operation asks of codex is a span under its own", async () => {
  spans.reset();
  await call(world.hub, operations["models.list"], {});
  const [asked, operation] = spans.getFinishedSpans();
  expect(operation).toMatchObject({ name: "models.list" });
  expect(asked).toMatchObject({
    name: "codex model/list",
    parentSpanContext: { spanId: operation?.spanContext().spanId },
    attributes: { "rpc.method": "model/list" },
  });
});
