/**
 * What a session begins with: what the hub begins sessions with, over it the `[defaults]` of the hub's
 * `config.toml`, those of the nearest `.signalbox/config.toml` above the working directory, the presets
 * asked for in their order, and what the call says.
 */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type ConfigurableField,
  instructionsLimit,
  type OperationInput,
  type OperationOutput,
} from "@signalbox/contract";
import { closest } from "fastest-levenshtein";
import type { Controls } from "../controls.ts";
import { newTitle } from "../summary.ts";
import {
  type ConfigFile,
  invalidConfig,
  type PlacedSection,
  readConfigFile,
  type Section,
} from "./config-file.ts";
import { fillPrefix, prefixVariables, withPrefix } from "./prefix.ts";
import { readSmallFile } from "./read-small-file.ts";
import { findWidening, isWithin, untrusted } from "./trust.ts";

/** What presets are read with. */
export interface PresetsParts {
  /** The hub's own file. */
  readonly ownFile: string;
  /** Where sessions work when nobody says. */
  readonly cwd: string;
  /** What the hub begins sessions with. */
  defaults(): Controls;
}

/** What is decided. */
export interface SessionPlan {
  readonly title: string;
  readonly values: Section;
  readonly files: readonly string[];
  /** Where each value comes from. */
  readonly origins: ReadonlyMap<ConfigurableField, string>;
}

type Wishes = OperationInput<"sessions.plan">;

/** Sections of one file, or of the hub or the call. */
interface Layer extends PlacedSection {
  /** What its paths are relative to. */
  readonly folder: string;
  /** Set where it may only lower what an agent may do. */
  readonly untrusted?: true;
}

/** Reads files of presets and defaults; nothing is kept of them, so a change holds at once. */
export class Presets {
  readonly #parts: PresetsParts;

  constructor(parts: PresetsParts) {
    this.#parts = parts;
  }

  /**
   * Decides. Throws `invalid_config` for what can't be, `untrusted_config` for what a repository may
   * not ask for. `isAlone`: the hub and the call decide, whatever files there are.
   */
  plan(wishes: Wishes, isAlone = false): SessionPlan {
    const { title, handle: _handle, presets = [], folder, ...given } = wishes;
    const standing = resolve(this.#parts.cwd, folder ?? ".");
    const start = resolve(standing, given.cwd ?? ".");
    const { own, repo } = isAlone ? noFiles : this.#files(start);
    const layers: Layer[] = [
      { values: toSection(this.#parts.defaults()), placeOf: () => "hub", folder: standing },
      { values: folder === undefined ? {} : { cwd: "." }, placeOf: () => "call", folder: standing },
    ];
    const of = (file: ConfigFile) => this.#standingOf(file, own);
    if (own !== undefined) layers.push({ ...own.defaults, ...of(own) });
    const floor = merge(layers).values;
    if (repo !== undefined) layers.push({ ...repo.defaults, ...of(repo) });
    for (const name of presets) {
      const file = [repo, own].find((one) => one?.presets.has(name));
      if (file === undefined) throw this.#noPreset(name, [repo, own]);
      layers.push({ ...file.presets.get(name)!, ...of(file) });
    }
    // What the call says is neither read nor judged elsewhere.
    const asked = layers.map((layer) => ({ ...layer, values: without(layer.values, given) }));
    for (const layer of asked) this.#refuseWidening(layer, floor);
    asked.push({ values: given, placeOf: () => "call", folder: standing });

    const { values, origins } = merge(asked.map(withFiles));
    const cwd = values.cwd ?? start;
    return {
      title: this.#titleOf(values, origins, { cwd, title, preset: presets.at(-1) }),
      values,
      files: [own, repo].filter((file) => file !== undefined).map(({ path }) => path),
      origins,
    };
  }

  /** The presets for sessions in a folder. Throws `invalid_config`. */
  list({ cwd }: OperationInput<"presets.list">): OperationOutput<"presets.list"> {
    const { own, repo } = this.#files(resolve(this.#parts.cwd, cwd ?? "."));
    const seen = new Set<string>();
    const data = [repo, own].flatMap((file) =>
      [...(file?.presets ?? [])]
        .filter(([name]) => !seen.has(name) && seen.add(name))
        .map(([name, { values }]) => ({
          name,
          from: file!.path,
          trusted: this.#standingOf(file!, own).untrusted !== true,
          fields: values,
        })),
    );
    return { data };
  }

  /** The hub's own file and the repository's, where there are any. */
  #files(start: string): Files {
    const { ownFile } = this.#parts;
    const path = findRepositoryFile(start, ownFile);
    return {
      own: readConfigFile(ownFile, true),
      repo: path === undefined ? undefined : readConfigFile(path, false),
    };
  }

  /** What the paths of a file are relative to, and whether it is trusted. */
  #standingOf(
    { path }: ConfigFile,
    own: ConfigFile | undefined,
  ): Pick<Layer, "folder" | "untrusted"> {
    if (path === own?.path) return { folder: dirname(path) };
    const folder = dirname(dirname(path));
    const isTrusted = own?.trust.some((trusted) => isWithin(folder, trusted)) ?? false;
    return isTrusted ? { folder } : { folder, untrusted: true };
  }

  #refuseWidening({ values, placeOf, folder, ...layer }: Layer, floor: Section): void {
    if (layer.untrusted !== true) return;
    const field = findWidening(values, floor, folder);
    if (field !== undefined) throw untrusted(placeOf(field), field, folder, this.#parts.ownFile);
  }

  #noPreset(name: string, files: readonly (ConfigFile | undefined)[]) {
    const known = files.flatMap((file) => [...(file?.presets.keys() ?? [])]);
    const file = files.find((one) => one !== undefined)?.path ?? this.#parts.ownFile;
    const near = known.length === 0 ? "" : ` Did you mean ${closest(name, known)}?`;
    return invalidConfig(
      { file, key: `presets.${name}` },
      `No such preset.${near} presets.list says which there are`,
    );
  }

  #titleOf(
    { prefix }: Section,
    origins: SessionPlan["origins"],
    { cwd, title = newTitle, preset }: { cwd: string; title?: string; preset?: string },
  ): string {
    if (prefix === undefined) return title;
    const filled = fillPrefix(prefix, { cwd, preset });
    if ("text" in filled) return withPrefix(filled.text, title);
    const name = filled.unknown;
    throw invalidConfig(
      { file: origins.get("prefix")!, key: "prefix" },
      `No such variable {${name}}. Did you mean {${closest(name, [...prefixVariables])}}?`,
    );
  }
}

interface Files {
  readonly own: ConfigFile | undefined;
  readonly repo: ConfigFile | undefined;
}

const noFiles: Files = { own: undefined, repo: undefined };

/** The nearest file above a folder that is not the hub's own. */
function findRepositoryFile(start: string, ownFile: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, ".signalbox", "config.toml");
    if (existsSync(path) && resolve(path) !== resolve(ownFile)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function toSection({ settings: _settings, ...controls }: Controls): Section {
  const said = Object.entries(controls).filter(([, value]) => value !== null);
  return Object.fromEntries(said) as Section;
}

/** What a section says of fields that are not said anew. A text and a file of the same are one. */
function without(section: Section, anew: Section): Section {
  const said = new Set(
    Object.keys(anew).filter((field) => anew[field as ConfigurableField] !== undefined),
  );
  for (const pair of instructionPairs) {
    if (pair.some((field) => said.has(field))) for (const field of pair) said.add(field);
  }
  return Object.fromEntries(Object.entries(section).filter(([field]) => !said.has(field)));
}

const instructionPairs = [
  ["baseInstructions", "baseFile"],
  ["developerInstructions", "developerFile"],
] as const;

/** Later layers over earlier ones, and where each value comes from. */
function merge(layers: readonly Layer[]): Pick<SessionPlan, "origins"> & { values: Section } {
  const values: Record<string, unknown> = {};
  const origins = new Map<ConfigurableField, string>();
  for (const { values: section, placeOf } of layers) {
    for (const field of Object.keys(section) as ConfigurableField[]) {
      if (section[field] === undefined) continue;
      values[field] = section[field];
      origins.set(field, placeOf(field));
    }
  }
  return { values: values as Section, origins };
}

/** A layer with its paths made whole, and the text of its files in place of their names. */
function withFiles({ values: given, placeOf, ...layer }: Layer): Layer {
  const { baseFile, developerFile, ...rest } = given;
  const fromFile = new Map<string, string>();
  const read = (field: ConfigurableField, fileField: ConfigurableField, path?: string) => {
    if (path === undefined || given[field] !== undefined) return {};
    fromFile.set(field, fileField);
    return {
      [field]: readInstructions(resolve(layer.folder, path), placeOf(fileField), fileField),
    };
  };
  const values: Section = {
    ...rest,
    ...(rest.cwd === undefined ? {} : { cwd: resolve(layer.folder, rest.cwd) }),
    ...read("baseInstructions", "baseFile", baseFile),
    ...read("developerInstructions", "developerFile", developerFile),
  };
  return { ...layer, values, placeOf: (field) => placeOf(fromFile.get(field) ?? field) };
}

function readInstructions(path: string, file: string, key: string): string {
  const read = readSmallFile(path, instructionsLimit);
  if ("text" in read) return read.text.trim();
  throw invalidConfig({ file, key }, `${path} ${read.why}`);
}
