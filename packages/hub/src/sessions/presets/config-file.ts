/**
 * A configuration file of sessions: `[defaults]`, and `[presets.<name>]` for those who ask for them.
 * Its keys are the fields of `sessions.create`; `instructions` can be a table of its own.
 */
import { isAbsolute } from "node:path";
import { configurableFields, SignalboxError } from "@signalbox/contract";
import { closest } from "fastest-levenshtein";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { findKey } from "./find-key.ts";
import { readSmallFile } from "./read-small-file.ts";

/** Bytes of a file, at most. */
export const maxConfigSize = 256 * 1024;

const section = z.strictObject(configurableFields);

/** What a file or a preset says. */
export type Section = z.output<typeof section>;

/** A section and where it stands. */
export interface PlacedSection {
  readonly values: Section;
  /** `file:line` of a field. */
  placeOf(field: string): string;
}

/** A file that was read. */
export interface ConfigFile {
  readonly path: string;
  readonly defaults: PlacedSection;
  readonly presets: ReadonlyMap<string, PlacedSection>;
  /** Folders whose own files are trusted. Only the hub's file may name any. */
  readonly trust: readonly string[];
}

/** What is wrong, with the place it is at. */
export interface ConfigPlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly key?: string | undefined;
}

/** A file says what can't be. */
export function invalidConfig(place: ConfigPlace, why: string): SignalboxError {
  const { file, line, column, key } = place;
  const what = key === undefined ? why : `${key}: ${why}`;
  return new SignalboxError("invalid_config", `${toPlace(file, line, column)}: ${what}`, {
    details: { ...place },
  });
}

/**
 * Reads a file; undefined when there is none. `mayTrust`: it is the hub's own, which can name folders to
 * trust. Throws `invalid_config`, naming file, line and key.
 */
export function readConfigFile(path: string, mayTrust: boolean): ConfigFile | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const source = { path, text };
  const content = parseToml(source);
  const known = ["defaults", "presets", ...(mayTrust ? ["trust"] : [])];
  const strange = Object.keys(content).find((key) => !known.includes(key));
  if (strange !== undefined) throw wrongKey(source, [strange], unknownKey(strange, known));
  const { defaults = {}, presets = {}, trust = [] } = content;
  const sections = Object.entries(toTable(source, ["presets"], presets));
  return {
    path,
    trust: toTrust(source, trust),
    defaults: toSection(source, ["defaults"], defaults),
    presets: new Map(
      sections.map(([name, value]) => [name, toSection(source, ["presets", name], value)]),
    ),
  };
}

interface Source {
  readonly path: string;
  readonly text: string;
}

function readText(path: string): string | undefined {
  const read = readSmallFile(path, maxConfigSize);
  if ("text" in read) return read.text;
  if (read.isMissing) return undefined;
  throw invalidConfig({ file: path }, `It ${read.why}`);
}

function parseToml({ path, text }: Source): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = "It is not TOML"] = error.message.split("\n");
    throw invalidConfig({ file: path, line: error.line, column: error.column }, first);
  }
}

function toTrust(source: Source, value: unknown): readonly string[] {
  const folders = z.array(z.string().refine(isAbsolute)).safeParse(value);
  if (folders.success) return folders.data;
  throw wrongKey(source, ["trust"], "It must be a list of absolute folders");
}

function toTable(source: Source, keys: readonly string[], value: unknown) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrongKey(source, keys, "It must be a table");
}

function wrongKey({ path, text }: Source, keys: readonly string[], why: string): SignalboxError {
  return invalidConfig({ file: path, key: keys.join("."), ...findKey(text, keys) }, why);
}

function toSection(source: Source, keys: readonly string[], value: unknown): PlacedSection {
  const { instructions = {}, ...rest } = toTable(source, keys, value);
  const inner = [...keys, "instructions"];
  const placed = new Map(Object.keys(rest).map((field) => [field, [...keys, field]]));
  const flat: Record<string, unknown> = { ...rest };
  for (const [key, text] of Object.entries(toTable(source, inner, instructions))) {
    const field = instructionKeys[key] ?? `instructions.${key}`;
    placed.set(field, [...inner, key]);
    flat[field] = text;
  }
  const keysOf = (field: string) => placed.get(field) ?? [...keys, field];
  const parsed = section.safeParse(flat);
  if (!parsed.success) throw wrongField(source, parsed.error.issues[0]!, keysOf);
  return {
    values: parsed.data,
    placeOf: (field) => toPlace(source.path, findKey(source.text, keysOf(field)).line),
  };
}

function wrongField(
  source: Source,
  issue: z.core.$ZodIssue,
  keysOf: (field: string) => readonly string[],
): SignalboxError {
  if (issue.code !== "unrecognized_keys") {
    return wrongKey(source, keysOf(String(issue.path[0])), issue.message);
  }
  const field = issue.keys[0]!;
  return wrongKey(source, keysOf(field), unknownKey(field, Object.keys(section.shape)));
}

function toPlace(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(":");
}

/** Keys of the table `instructions`, and the fields they are. */
const instructionKeys: Readonly<Record<string, string | undefined>> = {
  base: "baseInstructions",
  baseFile: "baseFile",
  developer: "developerInstructions",
  developerFile: "developerFile",
};

function unknownKey(key: string, known: readonly string[]): string {
  return `No such key. Did you mean ${closest(key, [...known])}? There are ${known.join(", ")}`;
}
