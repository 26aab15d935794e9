/**
 * A span and a measurement for every operation, through the OpenTelemetry API: they cost next to
 * nothing until the program that starts the hub registers a provider. A span's parent is what the
 * caller's `traceparent` header names.
 */
import {
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
export function traced<Output>(
  operation: Operation,
  context: OperationContext,
  work: () => Promise<Output>,
): Promise<Output> {
  const tracer = trace.getTracer("signalbox", version);
  const attributes = {
    "signalbox.operation": operation.name,
    "signalbox.intent": operation.intent,
    "signalbox.surface": context.caller,
  };
  const started = performance.now();
  const end = (code: string) =>
    context.services.metrics.noteOperation(operation.name, code, performance.now() - started);
  return tracer.startActiveSpan(
    operation.name,
    { kind: SpanKind.SERVER, attributes },
    context.trace ?? contexts.active(),
    async (span) => {
      try {
        const output = await work();
        end("ok");
        return output;
      } catch (error) {
        const { code, category } = toSignalboxError(error);
        end(code);
        span.setAttributes({ "error.type": code, "signalbox.category": category });
        span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}
