/**
 * What the running codex understands. An older one ignores parameters it does not know, so a caller
 * would believe a setting is in force that is not: such a request is refused before it is sent.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CODEX_VERSION, clientRequests } from "@signalbox/protocol";
import { AppServerError } from "../errors.ts";
import { knowsWholeProtocol } from "./codex-version.ts";

/** The methods a codex serves, with the names of their parameters (undefined: any). */
type Known = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** What is known of the methods a codex serves. */
export type ServedMethods = {
  names: ReadonlySet<string>;
  /** False for a codex newer than this protocol: it may serve others besides. */
  isComplete: boolean;
};

export class RuntimeSupport {
  readonly version: string | undefined;
  readonly #known: Known | undefined;

  private constructor(version: string | undefined, known: Known | undefined) {
    this.version = version;
    this.#known = known;
  }

  /**
   * For a codex of the protocol's version or newer nothing has to be asked. An older or unversioned
   * one is asked once, through its own `generate-json-schema --experimental` (offline); where there
   * is no binary to ask, requests go out as they are.
   */
  static async detect(
    version: string | undefined,
    codexPath: string | undefined,
  ): Promise<RuntimeSupport> {
    if (knowsWholeProtocol(version) || codexPath === undefined)
      return new RuntimeSupport(version, undefined);
    return new RuntimeSupport(version, await readKnown(codexPath));
  }

  /** The methods it serves; undefined where that can't be told. */
  get methods(): ServedMethods | undefined {
    if (this.#known !== undefined) return { names: new Set(this.#known.keys()), isComplete: true };
    if (!knowsWholeProtocol(this.version)) return undefined;
    return {
      names: new Set(Object.keys(clientRequests)),
      isComplete: this.version === CODEX_VERSION,
    };
  }

  /** Throws `unsupported` when the running codex does not know the method or one of the parameters. */
  check(method: string, params: unknown): void {
    if (!this.#known) return;
    if (!this.#known.has(method)) throw this.#unsupported(method, `the method ${method}`);
    const names = this.#known.get(method);
    if (!names || typeof params !== "object" || params === null) return;
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined && !names.has(name))
        throw this.#unsupported(method, `the parameter ${name} of ${method}`);
    }
  }

  #unsupported(method: string, what: string): AppServerError {
    const version = this.version ?? "of an unknown version";
    return new AppServerError(
      "unsupported",
      `The running codex (${version}) does not know ${what}. Nothing was sent. Update codex, or leave it out.`,
      { method, details: { version: this.version } },
    );
  }
}

async function readKnown(codexPath: string): Promise<Known | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-schema-"));
  try {
    await promisify(execFile)(
      codexPath,
      ["app-server", "generate-json-schema", "--experimental", "--out", folder],
      {
        timeout: 10_000,
      },
    );
    return toKnown(JSON.parse(await readFile(join(folder, "ClientRequest.json"), "utf8")));
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Schema = {
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  enum?: string[];
  $ref?: string;
  definitions?: Record<string, Schema>;
};

function toKnown(schema: Schema): Known {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  for (const variant of schema.oneOf ?? []) {
    const method = variant.properties?.method?.enum?.[0];
    if (method === undefined) continue;
    const reference = variant.properties?.params?.$ref?.split("/").at(-1);
    const properties =
      reference === undefined ? undefined : schema.definitions?.[reference]?.properties;
    known.set(method, properties && new Set(Object.keys(properties)));
  }
  return known;
}
