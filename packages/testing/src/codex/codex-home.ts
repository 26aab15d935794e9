/**
 * An isolated home for the real Codex: a `CODEX_HOME` whose only model is the scripted one, and
 * an environment from which nothing leaves the machine.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeToml, type TomlTable, toToml } from "./toml.ts";

/** What goes into the `config.toml` of an isolated home. */
export interface CodexHomeOptions {
  /** The scripted model, or the URL of one (`http://127.0.0.1:PORT/v1`). */
  readonly model: string | { readonly url: string };
  /** When Codex asks before it acts. Default `"never"`. `"untrusted"` is refused here by 0.169.0. */
  readonly approvalPolicy?: "never" | "on-request";
  /**
   * How commands are fenced. Default: `"danger-full-access"` under `never`, which works everywhere
   * and asks nothing; `"read-only"` under `on-request`, since without a fence there is nothing to
   * ask about. A fence needs user namespaces on Linux, which many containers do not give; commands
   * that were approved run without it. To be asked about every command and patch anywhere, keep the
   * defaults here and start the thread with `approvalPolicy: "untrusted"`.
   */
  readonly sandboxMode?: "read-only" | "workspace-write" | "danger-full-access";
  /**
   * The model's name, default `mock-model`. A catalog of this one model is written beside the
   * config, which offers `apply_patch` as a tool of its own and keeps requests small.
   */
  readonly modelName?: string;
  /** Fields of the model's catalog entry; `false` writes no catalog: an unknown model, with a warning. */
  readonly catalog?: Readonly<Record<string, unknown>> | false;
  /** Codex features by name, on top of the defaults (`plugins`, `apps` and `shell_snapshot` off). */
  readonly features?: Readonly<Record<string, boolean>>;
  /** stdio MCP servers by name, as `[mcp_servers.NAME]`. */
  readonly mcpServers?: Readonly<Record<string, McpServerConfig>>;
  /** Anything else, laid over the whole `config.toml`, table by table. */
  readonly config?: TomlTable;
}

/** One stdio MCP server as Codex's config takes it. */
export interface McpServerConfig {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly [key: string]: TomlTable[string];
}

/** A `CODEX_HOME` on disk; disposing removes everything made for it. */
export interface CodexHome extends AsyncDisposable {
  /** The `CODEX_HOME`. */
  readonly dir: string;
  /** An empty directory to run threads in. */
  readonly workspace: string;
  /** The whole environment to spawn `codex` with: nothing of ours is inherited but `PATH`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes an isolated `CODEX_HOME` in a fresh directory under `under` (default: the temporary one). */
export async function createCodexHome(
  options: CodexHomeOptions & { readonly under?: string },
): Promise<CodexHome> {
  const under = options.under ?? tmpdir();
  await mkdir(under, { recursive: true });
  const root = await realpath(await mkdtemp(join(under, "signalbox-codex-")));
  const dir = join(root, "codex");
  const workspace = join(root, "workspace");
  await mkdir(workspace);
  const env = await writeCodexHome(dir, options);
  return {
    dir,
    workspace,
    env,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/**
 * Writes `config.toml` into `dir` (made when absent, an old one replaced) and gives the environment
 * to spawn `codex` with.
 */
export async function writeCodexHome(
  dir: string,
  options: CodexHomeOptions,
): Promise<Readonly<Record<string, string>>> {
  const home = join(dir, "home");
  await mkdir(home, { recursive: true });
  const catalog = options.catalog === false ? undefined : join(dir, "models.json");
  if (catalog !== undefined) {
    const entry = { ...catalogEntry(options.modelName ?? MODEL), ...options.catalog };
    await writeFile(catalog, JSON.stringify({ models: [entry] }));
  }
  await writeFile(join(dir, "config.toml"), codexConfig(options, catalog));
  return codexEnvironment(dir, home);
}

/**
 * The text of `config.toml`, with the path of a model catalog if there is one. The keys are those
 * that 0.169.0 accepts under `--strict-config`.
 */
function codexConfig(options: CodexHomeOptions, catalog: string | undefined): string {
  const url = typeof options.model === "string" ? options.model : options.model.url;
  const base: TomlTable = {
    model: options.modelName ?? MODEL,
    model_catalog_json: catalog,
    approval_policy: options.approvalPolicy ?? "never",
    sandbox_mode:
      options.sandboxMode ??
      (options.approvalPolicy === "on-request" ? "read-only" : "danger-full-access"),
    model_provider: "scripted",
    check_for_update_on_startup: false,
    web_search: "disabled",
    analytics: { enabled: false },
    tools: { update_plan: { enabled: true } },
    features: { plugins: false, apps: false, shell_snapshot: false, ...options.features },
    model_providers: {
      scripted: {
        name: "Scripted",
        base_url: url,
        wire_api: "responses",
        requires_openai_auth: false,
        supports_websockets: false,
        request_max_retries: 0,
        stream_max_retries: 0,
        stream_idle_timeout_ms: 60_000,
      },
    },
    mcp_servers: options.mcpServers as TomlTable | undefined,
  };
  return toToml(mergeToml(base, options.config ?? {}));
}

const MODEL = "mock-model";

/** The fewest fields 0.169.0 reads, with the tools a script may want. */
function catalogEntry(slug: string): Record<string, unknown> {
  return {
    slug,
    display_name: "Scripted model",
    description: "Answers from a script.",
    default_reasoning_level: "medium",
    supported_reasoning_levels: [{ effort: "medium", description: "The only one." }],
    shell_type: "shell_command",
    visibility: "list",
    supported_in_api: true,
    priority: 1,
    base_instructions: "You are a scripted model.",
    supports_reasoning_summaries: true,
    support_verbosity: false,
    apply_patch_tool_type: "freeform",
    truncation_policy: { mode: "tokens", limit: 10_000 },
    supports_parallel_tool_calls: true,
    context_window: 200_000,
    experimental_supported_tools: [],
  };
}

/** Port 9 (discard) is closed practically everywhere, so whatever asks a proxy fails at once. */
const DEAD_PROXY = "http://127.0.0.1:9";

function codexEnvironment(dir: string, home: string): Readonly<Record<string, string>> {
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    CODEX_HOME: dir,
    CODEX_APP_SERVER_DISABLE_MANAGED_CONFIG: "1",
    RUST_LOG: "warn",
  };
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
    env[name] = DEAD_PROXY;
    env[name.toLowerCase()] = DEAD_PROXY;
  }
  env.NO_PROXY = env.no_proxy = "127.0.0.1,localhost,::1";
  // Windows programs do not start without the one; programs of Node start sooner with the other.
  for (const name of ["SystemRoot", "NODE_COMPILE_CACHE"]) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
