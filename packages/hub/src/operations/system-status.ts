/** How the hub and its runtime are. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type OperationOutput, operations, streamProtocol, toOpenApi } from "@signalbox/contract";
import type { EventLog } from "../journal/event-log.ts";
import type { Journal } from "../journal/journal.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { version } from "../version.ts";
import type { StatusCounts } from "./status-counts.ts";

/** What the status is read from. */
export interface SystemStatusParts {
  readonly journal: Journal;
  readonly log: EventLog;
  readonly runtime: Runtime;
  readonly counts: StatusCounts;
  /** The environment codex runs in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Answers for the hub itself. */
export class SystemStatus {
  readonly #parts: SystemStatusParts;
  readonly #startedAt = performance.now();
  #openApi: OperationOutput<"system.openapi"> | undefined;

  constructor(parts: SystemStatusParts) {
    this.#parts = parts;
  }

  /** Whether sessions can be worked on now: codex is up and events can be stored. */
  async isReady(): Promise<boolean> {
    try {
      await this.checkWritable();
      return this.#parts.runtime.isReady;
    } catch {
      return false;
    }
  }

  /** Rejects with `storage_unavailable` while nothing can be stored. */
  checkWritable(): Promise<void> {
    return this.#parts.log.checkWritable();
  }

  info(): OperationOutput<"system.info"> {
    return { name: "signalbox", version, streamProtocol };
  }

  status(): OperationOutput<"system.status"> {
    const { journal, log, runtime, counts } = this.#parts;
    const { notReady } = runtime;
    return {
      version,
      uptime: Math.floor((performance.now() - this.#startedAt) / 1000),
      runtime: {
        ready: runtime.isReady,
        version: runtime.notes.info?.version ?? null,
        generation: runtime.generation,
        ...(notReady === undefined ? {} : { notReady }),
      },
      journal: { head: journal.head, writable: log.writable },
      ...counts.read(),
    };
  }

  openApi(): OperationOutput<"system.openapi"> {
    this.#openApi ??= { ...toOpenApi(operations, version) };
    return this.#openApi;
  }

  health(): OperationOutput<"system.health"> {
    const { journal, log, runtime, env } = this.#parts;
    const { notReady } = runtime;
    const { info, lastExit } = runtime.notes;
    const hasOpenAiApiKey = Boolean(env.OPENAI_API_KEY);
    const codexHomeAuthFile = info !== undefined && existsSync(join(info.codexHome, "auth.json"));
    return {
      status: "ok",
      service: "api",
      codex: {
        running: info !== undefined,
        pid: info?.pid ?? null,
        initialized: runtime.isReady,
        version: info?.version ?? null,
        generation: runtime.generation,
        ...(notReady === undefined ? {} : { notReady }),
        ...(lastExit === undefined ? {} : { lastExit }),
      },
      orchestratorQueue: { enabled: false },
      auth: {
        hasOpenAiApiKey,
        codexHomeAuthFile,
        likelyUnauthenticated: !hasOpenAiApiKey && !codexHomeAuthFile,
      },
      journal: { epoch: journal.epoch, head: journal.head, writable: log.writable },
      timestamp: new Date().toISOString(),
    };
  }
}
