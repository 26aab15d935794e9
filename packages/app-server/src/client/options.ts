/** How a client finds, starts and keeps its app-server. */
import type { ClientInfo, InitializeCapabilities } from "@signalbox/protocol";
import { LONGEST_WAIT } from "../abort.ts";
import { AppServerError } from "../errors.ts";
import { type StdioOptions, StdioTransport } from "../transport/stdio-transport.ts";
import type { Transport } from "../transport/transport.ts";
import { WebSocketTransport } from "../transport/websocket-transport.ts";

export type RestartOptions = {
  /** Bound of the first wait before a restart, in ms. Default: 200. */
  initialDelay?: number;
  /** Bound of every wait, in ms. Default: 15,000. */
  maxDelay?: number;
  /** A connection that lasted this long, in ms, sets the count of attempts back. Default: 30,000. */
  stableAfter?: number;
  /** Attempts in a row before the client gives up and closes. Default: no end. */
  maxAttempts?: number;
};

/** One line of this client's log: never a credential, never what a user or a model said. */
export type LogEntry = {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  fields?: Record<string, unknown>;
};

export type ClientOptions = StdioOptions & {
  /** An app-server that runs already: `ws://IP:PORT`, `wss://…` or `unix:///path`. Excludes what starts a process. */
  url?: string;
  /** The bearer token for `url`. */
  token?: string;
  /**
   * With `url`: called before each attempt to connect, to make sure that somebody listens there. The
   * attempt fails with what it rejects with. The signal fires when the client is closed.
   */
  prepare?: (signal: AbortSignal) => Promise<void>;
  /** How this client presents itself; the name becomes the originator of its threads. */
  clientInfo?: { name: string; title?: string; version: string };
  /** Default: `experimentalApi: true`, which dynamic tools and plan mode need. */
  capabilities?: Partial<InitializeCapabilities>;
  /** How long a start may take, in ms. Default: 20,000. */
  startDeadline?: number;
  /**
   * How long nothing may be heard from app-server, in ms, though it is asked for a sign of life after
   * a quarter of that. Then it is ended (a process that was started, by SIGKILL; else the connection)
   * and started again. `Infinity`: never. Default: 60,000.
   */
  unresponsiveAfter?: number;
  /** What happens when the connection is lost: `false` closes the client; else it is restarted. */
  restart?: false | RestartOptions;
  /**
   * How long after a thread went idle without the end of its turn the turn is looked up, in ms.
   * Default: 2,000.
   */
  idleGrace?: number;
  log?: (entry: LogEntry) => void;
};

export type ResolvedOptions = {
  createTransport: () => Transport & { codexPath?: string | undefined };
  /** Whether its threads go on when the connection is lost. */
  outlivesConnection: boolean;
  prepare: (signal: AbortSignal) => Promise<void>;
  clientInfo: ClientInfo;
  capabilities: InitializeCapabilities;
  startDeadline: number;
  unresponsiveAfter: number;
  restart: Required<RestartOptions> | false;
  idleGrace: number;
  log: (entry: LogEntry) => void;
};

/** Fills in defaults. Throws `invalid_input` for options that exclude each other. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const { url, token, maxMessageBytes, restart = {}, startDeadline = 20_000 } = options;
  if (url !== undefined)
    refuseTogether("url", options, ["codexPath", "env", "cwd", "configOverrides", "args"]);
  else refuseTogether("no url", options, ["token", "prepare"]);
  return {
    createTransport: () =>
      url === undefined
        ? new StdioTransport(options)
        : new WebSocketTransport({
            url,
            token,
            maxMessageBytes,
            connectDeadline: Math.min(startDeadline, LONGEST_WAIT),
          }),
    outlivesConnection: url !== undefined,
    prepare: options.prepare ?? (async () => {}),
    clientInfo: { title: null, ...(options.clientInfo ?? { name: "signalbox", version: "0.1.0" }) },
    capabilities: { experimentalApi: true, requestAttestation: false, ...options.capabilities },
    startDeadline,
    unresponsiveAfter: options.unresponsiveAfter ?? 60_000,
    restart: restart && {
      initialDelay: restart.initialDelay ?? 200,
      maxDelay: restart.maxDelay ?? 15_000,
      stableAfter: restart.stableAfter ?? 30_000,
      maxAttempts: restart.maxAttempts ?? Number.POSITIVE_INFINITY,
    },
    idleGrace: options.idleGrace ?? 2_000,
    log: toSafeLog(options.log),
  };
}

/** A log that can't stop what it is told of: it runs where app-server is read. */
export function toSafeLog(log: ClientOptions["log"]): (entry: LogEntry) => void {
  return (entry) => {
    try {
      log?.(entry);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function refuseTogether(
  given: string,
  options: ClientOptions,
  names: (keyof ClientOptions)[],
): void {
  const found = names.filter((name) => options[name] !== undefined);
  if (found.length === 0) return;
  throw new AppServerError(
    "invalid_input",
    `${found.join(", ")} can't be given with ${given}: nothing was started.`,
    {
      details: { options: found },
    },
  );
}
