/**
 * Writes TOML: the little that a Codex `config.toml` needs, from plain objects.
 */

/** What a key may hold. Objects become tables, arrays are written inline. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
/** A table; keys whose value is `undefined` are left out. */
export interface TomlTable {
  readonly [key: string]: TomlValue | undefined;
}

/** A TOML document with the table's plain keys first and its tables after them. */
export function toToml(table: TomlTable): string {
  return `${writeTable(table, []).join("\n")}\n`;
}

/** `base` with `overrides` laid over it, table by table; an override of any other kind replaces. */
export function mergeToml(base: TomlTable, overrides: TomlTable): TomlTable {
  const merged: Record<string, TomlValue | undefined> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const old = merged[key];
    merged[key] = isTable(old) && isTable(value) ? mergeToml(old, value) : value;
  }
  return merged;
}

function writeTable(table: TomlTable, path: readonly string[]): string[] {
  const plain: string[] = [];
  const tables: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    if (value === undefined) continue;
    if (isTable(value)) tables.push(...writeTable(value, [...path, key]));
    else plain.push(`${writeKey(key)} = ${writeValue(value)}`);
  }
  const head = path.length > 0 && (plain.length > 0 || tables.length === 0);
  return [...(head ? ["", `[${path.map(writeKey).join(".")}]`] : []), ...plain, ...tables];
}

function writeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : writeString(key);
}

function writeValue(value: TomlValue): string {
  if (typeof value === "string") return writeString(value);
  if (isArray(value)) return `[${value.map(writeValue).join(", ")}]`;
  if (isTable(value)) {
    const pairs = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `{ ${pairs.map(([key, inner]) => `${writeKey(key)} = ${writeValue(inner as TomlValue)}`).join(", ")} }`;
  }
  return String(value);
}

/** JSON's escapes are TOML's, but for DEL, which JSON leaves as it is. */
function writeString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function isArray(value: TomlValue): value is readonly TomlValue[] {
  return Array.isArray(value);
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value);
}
