/**
 * What is counted, as Prometheus text. Labels come from closed sets only (operations, codes, kinds), so
 * the number of series has a bound.
 */

import { performance } from "node:perf_hooks";
import type { HubEventPayload } from "@signalbox/contract";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StoredEvent } from "../journal/event.ts";

/** What is read when the metrics are asked for. */
export interface MetricsSources {
  readonly journalHead: () => number;
  readonly isWritable: () => boolean;
  readonly isRuntimeReady: () => boolean;
  readonly runtimeGeneration: () => number;
  readonly streamReaders: () => number;
}

/** The metrics of one hub. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #appended = this.#counter("signalbox_events_appended_total", "Events stored");
  readonly #opened = this.#counter("signalbox_requests_opened_total", "Questions asked", ["kind"]);
  readonly #resolved = this.#counter("signalbox_requests_resolved_total", "Questions ended", [
    "kind",
    "outcome",
  ]);
  readonly #operations = new Histogram({
    name: "signalbox_operation_duration_seconds",
    help: "Operations done, by how they ended: ok, or an error's code",
    labelNames: ["operation", "code"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.#registry],
  });

  constructor(sources: MetricsSources) {
    this.#gauge("signalbox_journal_head", "Position of the newest event", sources.journalHead);
    this.#gauge("signalbox_storage_writable", "1 while events can be stored", () =>
      Number(sources.isWritable()),
    );
    this.#gauge("signalbox_runtime_ready", "1 while codex takes requests", () =>
      Number(sources.isRuntimeReady()),
    );
    this.#gauge(
      "signalbox_runtime_generation",
      "Processes of codex since the hub started",
      sources.runtimeGeneration,
    );
    this.#gauge("signalbox_stream_readers", "Streams that are open", sources.streamReaders);
    this.#gauge("process_resident_memory_bytes", "Memory of the hub's process", () =>
      process.memoryUsage.rss(),
    );
    this.#gauge("nodejs_heap_size_used_bytes", "Heap in use", () => process.memoryUsage().heapUsed);
    this.#gauge(
      "nodejs_eventloop_utilization",
      "Share of the time since the start that was work",
      () => performance.eventLoopUtilization().utilization,
    );
  }

  /** The content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts events just stored. */
  noteAppended(events: readonly StoredEvent[]): void {
    this.#appended.inc(events.length);
    for (const event of events) {
      if (event.type === "request.opened") {
        const { kind } = event.value as HubEventPayload<"request.opened">;
        this.#opened.inc({ kind });
      } else if (event.type === "request.resolved") {
        const { kind, outcome } = event.value as HubEventPayload<"request.resolved">;
        this.#resolved.inc({ kind, outcome });
      }
    }
  }

  /** Counts an operation that ended after so many milliseconds; `code` is `ok` or an error's. */
  noteOperation(operation: string, code: string, milliseconds: number): void {
    this.#operations.observe({ operation, code }, milliseconds / 1_000);
  }

  #counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
