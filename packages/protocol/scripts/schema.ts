/**
 * Codex writes its JSON schema twice over: one combined file and one file per type. Only the
 * combined one is kept, which is sound as long as the others say nothing else; this module checks
 * that on every run.
 */
import type { FileSet } from "./codex.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export const combinedSchema = "codex_app_server_protocol.schemas.json";

/**
 * Throws when a definition in one of the per-type files is not in the combined file. Titles are
 * left out of the comparison (the combined file qualifies some of them with `v2::`), and so is the
 * folder part of references.
 */
export function assertCombinedIsComplete(files: FileSet): void {
  const combined = (JSON.parse(files.get(combinedSchema) ?? "{}") as JsonObject).definitions;
  if (!isObject(combined) || !isObject(combined.v2)) {
    throw new Error(`${combinedSchema} has no definitions and definitions.v2.`);
  }
  const { v2, ...root } = combined;
  const known = new Map<string, Set<string>>();
  for (const [name, definition] of [...Object.entries(root), ...Object.entries(v2)]) {
    const forms = known.get(name) ?? new Set();
    known.set(name, forms.add(JSON.stringify(bare(definition))));
  }
  for (const [path, text] of files) {
    if (path === combinedSchema) continue;
    const { definitions, ...self } = JSON.parse(text) as JsonObject;
    const inside = Object.entries(isObject(definitions) ? definitions : {});
    const isBundle = path === "codex_app_server_protocol.v2.schemas.json";
    const name = path.slice(path.lastIndexOf("/") + 1, -".json".length);
    for (const [type, definition] of isBundle ? inside : [...inside, [name, self] as const]) {
      if (!known.get(type)?.has(JSON.stringify(bare(definition)))) {
        throw new Error(`${path} defines ${type} differently from ${combinedSchema}.`);
      }
    }
  }
}

function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (isObject(value)) {
    const entries = Object.entries(value)
      .filter(
        ([key, inner]) => key !== "$schema" && !(key === "title" && typeof inner === "string"),
      )
      .map(([key, inner]) => [key, bare(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries);
  }
  if (typeof value === "string" && value.startsWith("#/definitions/")) {
    return value.slice(value.lastIndexOf("/") + 1);
  }
  return value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
