/**
 * Spans, through the OpenTelemetry API: they cost next to nothing until the program that starts the
 * hub registers a provider.
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
import { toSignalboxError } from "@signalbox/contract";
import { version } from "../version.ts";

/** The trace that a request's `traceparent` header continues. */
export function traceOf(headers: Readonly<Record<string, string | string[] | undefined>>): Context {
  return propagation.extract(contexts.active(), headers);
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

/** A span to be. */
export interface NewSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly parent: Context;
}

/** Does the work within a span, which says how it failed. */
export function inSpan<Result>(
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
