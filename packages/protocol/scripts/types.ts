/**
 * Reads what the method table needs out of the generated TypeScript: the members of a message
 * union, and the fields of an object type. It understands the shapes ts-rs writes, no more, and
 * throws where it meets another.
 */
import type { FileSet } from "./codex.ts";

export interface UnionMember {
  method: string;
  /** The name of the params type, undefined for methods without params. */
  params: string | undefined;
  /** What may stand in place of params: `null`, `undefined`, both or neither. */
  without: string[];
}

export interface Field {
  type: string;
  /** May be absent, null, or belongs to some variants only. */
  optional: boolean;
}

/** The members of a union of `{ "method": …, params: … }`, in the order of the file. */
export function readUnion(files: FileSet, name: string): UnionMember[] {
  return splitTopLevel(declarationOf(files, name), "|").map((member) => {
    const fields = readObject(member);
    const method = JSON.parse(fields.get("method")?.type ?? "null") as string | null;
    const params = fields.get("params");
    if (method === null) throw new Error(`${name} has a member without a method: ${member}`);
    const parts = params === undefined ? [] : splitTopLevel(params.type, "|");
    const [type, ...more] = parts.filter((part) => !isNothing(part));
    if (more.length > 0) throw new Error(`${name}: the params of ${method} are a union.`);
    const without = parts.filter(isNothing);
    return { method, params: type, without };
  });
}

/** The fields of a type that is an object, a union of objects or an object & more; else none. */
export function readFields(files: FileSet, name: string): Map<string, Field> {
  const variants = splitTopLevel(declarationOf(files, name), "|").map(readObject);
  const merged = new Map<string, Field>();
  for (const [key, field] of variants.flatMap((variant) => [...variant])) {
    const optional = variants.some((variant) => variant.get(key)?.optional ?? true);
    merged.set(key, { type: field.type, optional });
  }
  return merged;
}

/** The path of the file that declares a type; throws unless exactly one does. */
export function fileOf(files: FileSet, name: string): string {
  const found = [name, `v2/${name}`].map((path) => `${path}.ts`).filter((path) => files.has(path));
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${name} is declared in ${found.length} of the generated files, not in one.`);
  }
  return found[0];
}

function declarationOf(files: FileSet, name: string): string {
  const text = files.get(fileOf(files, name)) ?? "";
  const body = text.replace(/\/\*[\s\S]*?\*\//g, "").split(`export type ${name} =`)[1];
  if (body === undefined) throw new Error(`The file of ${name} does not declare it.`);
  return body.trim().replace(/;$/, "");
}

function readObject(text: string): Map<string, Field> {
  const fields = new Map<string, Field>();
  const own = splitTopLevel(text, "&").filter((part) => part.startsWith("{"));
  for (const property of own.flatMap((part) => splitTopLevel(part.slice(1, -1), ","))) {
    const [, key, mark, type] = /^"?(\w+)"?(\?)?:\s*([\s\S]+)$/.exec(property) ?? [];
    if (key === undefined || type === undefined) throw new Error(`Not a property: ${property}`);
    const optional = mark === "?" || splitTopLevel(type, "|").some(isNothing);
    fields.set(key, { type, optional });
  }
  return fields;
}

function isNothing(type: string): boolean {
  return type === "null" || type === "undefined";
}

function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === '"') at = text.indexOf('"', at + 1);
    else if ("{([<".includes(char)) depth++;
    else if ("})]>".includes(char)) depth--;
    else if (char === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}
