/**
 * Spans for operations and for what they ask of codex, through the OpenTelemetry API: they cost next
 * to nothing until the program that starts the hub registers a provider. The parent of an operation's
 * span is what the caller's `traceparent` header names.
 */
import {
  type Attributes,
  type Context,
  context as contexts,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { type Operation, toSignalboxError } from "@signalbox/contract";
import type { OperationContext } from "../operations/context.ts";
import { version } from "../version.ts";

/** The trace a request's headers continue. */
export function traceOf(headers: Readonly<Record<string, string | string[] | undefined>>): Context {
  return propagation.extract(contexts.active(), headers);
}

/** Does the operation's work within a span, and counts how it ended. */
export async function traced<Output>(
  operation: Operation,
  { caller, services, trace: parent = contexts.active() }: OperationContext,
  work: () => Promise<Output>,
): Promise<Output> {
  const attributes = {
    "signalbox.operation": operation.name,
    "signalbox.intent": operation.intent,
    "signalbox.surface": caller,
  };
  const started = performance.now();
  let code = "ok";
  try {
    return await inSpan({ name: operation.name, kind: SpanKind.SERVER, attributes, parent }, work);
  } catch (error) {
    code = toSignalboxError(error).code;
    throw error;
  } finally {
    services.metrics.noteOperation(operation.name, code, performance.now() - started);
  }
}

/** Does what is asked of codex by this method within a span. */
export function tracedRequest<Result>(
  method: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const attributes = { "rpc.system": "jsonrpc", "rpc.method": method };
  const parent = contexts.active();
  return inSpan({ name: `codex ${method}`, kind: SpanKind.CLIENT, attributes, parent }, work);
}

interface NewSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly parent: Context;
}

function inSpan<Result>(
  { name, kind, attributes, parent }: NewSpan,
  work: () => Promise<Result>,
): Promise<Result> {
  const tracer = trace.getTracer("signalbox", version);
  return tracer.startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      const { code, category } = toSignalboxError(error);
      span.setAttributes({ "error.type": code, "signalbox.category": category });
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      span.end();
    }
  });
}
