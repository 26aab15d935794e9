/** One live connection to one app-server: opened, shaken hands, and watched for its end. */
import type { ClientInfo, InitializeCapabilities, InitializeResponse } from "@signalbox/protocol";
import { LONGEST_WAIT, untilAborted } from "../abort.ts";
import { AppServerError, isAppServerError, RpcError } from "../errors.ts";
import type { MessageRouter } from "../router/message-router.ts";
import { readCodexVersion } from "../transport/codex-binary.ts";
import type { Transport } from "../transport/transport.ts";
import {
  compareVersions,
  isUnversioned,
  MINIMUM_CODEX_VERSION,
  versionInUserAgent,
} from "./codex-version.ts";
import { RuntimeSupport, type ServedMethods } from "./runtime-support.ts";

/** What is known of the codex at the other end. */
export type RuntimeInfo = {
  /** Such as `0.169.0`; undefined where it does not say. */
  version: string | undefined;
  userAgent: string;
  codexHome: string;
  platformFamily: string;
  platformOs: string;
  /** The process, where this client started it. */
  pid: number | undefined;
  /** The binary, where this client started it. */
  codexPath: string | undefined;
  /** The methods it serves; undefined where that can't be told. */
  methods: ServedMethods | undefined;
};

export type Handshake = {
  clientInfo: ClientInfo;
  capabilities: InitializeCapabilities;
  /** How long opening and initialising may take together, in ms. */
  deadline: number;
};

/** What is known of a connection from its first text on. */
type Life = {
  heard: number;
  /** What comes after the end was told is told to nobody. */
  isGivenUp: boolean;
  readonly ended: PromiseWithResolvers<AppServerError>;
};

/** The handshake's own request id: the others are numbers. */
const INITIALIZE_ID = "initialize";

export class Connection {
  readonly info: RuntimeInfo;
  readonly support: RuntimeSupport;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<AppServerError>;
  readonly #transport: Transport;
  readonly #life: Life;
  #isOpen = true;

  private constructor(
    transport: Transport,
    info: RuntimeInfo,
    support: RuntimeSupport,
    life: Life,
  ) {
    this.#transport = transport;
    this.#life = life;
    this.info = info;
    this.support = support;
    this.ended = life.ended.promise;
    void this.ended.then(() => {
      this.#isOpen = false;
    });
  }

  /**
   * Opens the transport and does the handshake; the router gets everything from the first line on.
   * On any failure the transport is closed, once, before this rejects with `codex_not_found`,
   * `codex_too_old`, `codex_start_failed`, `timeout` or `aborted`.
   */
  static async open(
    transport: Transport & { codexPath?: string | undefined },
    router: MessageRouter,
    handshake: Handshake,
    signal?: AbortSignal,
  ): Promise<Connection> {
    const timeout = AbortSignal.timeout(Math.min(handshake.deadline, LONGEST_WAIT));
    const scope = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const life: Life = { heard: 0, isGivenUp: false, ended: Promise.withResolvers() };
    const { ended } = life;
    try {
      await transport.open(
        {
          message: (text, bytes) => {
            if (life.isGivenUp) return;
            life.heard += 1;
            router.receive(text, bytes);
          },
          closed: (reason) => ended.resolve(reason),
        },
        scope,
      );
      const response = await initialize(transport, router, handshake, ended.promise, scope);
      const version = versionInUserAgent(response.userAgent);
      const { codexPath } = transport;
      refuseOld(version, codexPath);
      const support = await RuntimeSupport.detect(version, codexPath);
      const info: RuntimeInfo = {
        version,
        userAgent: response.userAgent,
        codexHome: response.codexHome,
        platformFamily: response.platformFamily,
        platformOs: response.platformOs,
        pid: transport.pid,
        codexPath,
        methods: support.methods,
      };
      transport.send(JSON.stringify({ method: "initialized" }));
      return new Connection(transport, info, support, life);
    } catch (error) {
      await transport.close();
      throw await explainStart(error, transport, { signal, timeout, deadline: handshake.deadline });
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Texts received so far. */
  get heard(): number {
    return this.#life.heard;
  }

  /** Ends it for this reason at once, and with it a process that this side started. */
  giveUp(reason: AppServerError): void {
    this.#life.isGivenUp = true;
    this.#life.ended.resolve(reason);
    this.#transport.kill();
  }

  /** Throws `transport_closed` or `message_too_large`; then nothing was sent. */
  send(message: object): void {
    this.#transport.send(JSON.stringify(message));
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

async function initialize(
  transport: Transport,
  router: MessageRouter,
  { clientInfo, capabilities }: Handshake,
  ended: Promise<AppServerError>,
  scope: AbortSignal,
): Promise<InitializeResponse> {
  const answer = router.pending.add(INITIALIZE_ID);
  try {
    transport.send(
      JSON.stringify({
        id: INITIALIZE_ID,
        method: "initialize",
        params: { clientInfo, capabilities },
      }),
    );
    const response = await untilAborted(Promise.race([answer, ended]), scope);
    if (isAppServerError(response)) throw response;
    if ("error" in response) throw new RpcError("initialize", response.error);
    const result = response.result as Partial<InitializeResponse> | null;
    if (typeof result?.userAgent !== "string") {
      throw new AppServerError("codex_start_failed", "Its answer to initialize has no userAgent.");
    }
    return result as InitializeResponse;
  } finally {
    router.pending.forget(INITIALIZE_ID);
  }
}

function refuseOld(version: string | undefined, path: string | undefined): void {
  if (version === undefined || isUnversioned(version)) return;
  if (compareVersions(version, MINIMUM_CODEX_VERSION) >= 0) return;
  throw tooOld(version, path);
}

function tooOld(version: string, path: string | undefined): AppServerError {
  return new AppServerError(
    "codex_too_old",
    `codex${path === undefined ? "" : ` at ${path}`} is version ${version}; at least ${MINIMUM_CODEX_VERSION} is wanted. Update it with \`npm install @openai/codex@latest\`, or give the path of a newer one.`,
    { details: { path, found: version, wanted: MINIMUM_CODEX_VERSION } },
  );
}

async function explainStart(
  error: unknown,
  transport: Transport & { codexPath?: string | undefined },
  {
    signal,
    timeout,
    deadline,
  }: { signal: AbortSignal | undefined; timeout: AbortSignal; deadline: number },
): Promise<unknown> {
  const path = transport.codexPath;
  if (signal?.aborted) {
    return new AppServerError("aborted", "The start of app-server was aborted by the caller.", {
      cause: signal.reason,
    });
  }
  if (isAppServerError(error) && error.code !== "transport_closed" && !(error instanceof RpcError))
    return error;
  const version = path === undefined ? undefined : await readCodexVersion(path);
  if (
    version !== undefined &&
    !isUnversioned(version) &&
    compareVersions(version, MINIMUM_CODEX_VERSION) < 0
  ) {
    return tooOld(version, path);
  }
  const which =
    path === undefined
      ? "app-server"
      : `codex at ${path} (version ${version ?? "unknown"}; at least ${MINIMUM_CODEX_VERSION} is wanted)`;
  const why = timeout.aborted
    ? `did not answer the handshake within ${deadline} ms`
    : `did not start: ${error instanceof Error ? error.message : String(error)}`;
  const tail = timeout.aborted ? transport.stderrTail() : "";
  return new AppServerError(
    timeout.aborted ? "timeout" : "codex_start_failed",
    `${which} ${why}${tail === "" ? "" : `\nIts last stderr lines:\n${tail}`}`,
    { cause: error, details: { path, found: version, wanted: MINIMUM_CODEX_VERSION } },
  );
}
