/** Operations as spans: the parent is what the caller's `traceparent` header names. */
import { context as contexts, SpanKind } from "@opentelemetry/api";
import { type Operation, toSignalboxError } from "@signalbox/contract";
import { inSpan } from "../telemetry/spans.ts";
import type { OperationContext } from "./context.ts";

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
