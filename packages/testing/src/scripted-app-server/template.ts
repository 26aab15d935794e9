/**
 * Fills the names in an action's data: `{{threadId}}`, `{{params.input}}` and so on.
 */

const ALONE = /^\{\{([\w.]+)\}\}$/;
const INSIDE = /\{\{([\w.]+)\}\}/g;

/** `data` with every `{{name}}` in its strings (not its keys) looked up in `values` by path. */
export function fillTemplate(data: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof data === "string") {
    const alone = ALONE.exec(data);
    if (alone !== null) return lookUp(alone[1] as string, values) ?? null;
    if (!data.includes("{{")) return data;
    return data.replace(INSIDE, (_, path: string) => String(lookUp(path, values) ?? null));
  }
  if (Array.isArray(data)) return data.map((entry: unknown) => fillTemplate(entry, values));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, fillTemplate(value, values)]),
  );
}

function lookUp(path: string, values: Readonly<Record<string, unknown>>): unknown {
  let value: unknown = values;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
