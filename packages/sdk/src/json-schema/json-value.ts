/** JSON values as the keywords of JSON Schema see them. */

/** A JSON Schema as a plain object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Name of a JSON type. An integer is a number without a fraction, however it was written. */
export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";

/** The JSON type of a value; undefined for what JSON can't say. */
export function jsonTypeOf(value: unknown): JsonType | undefined {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  switch (type) {
    case "boolean":
    case "number":
    case "string":
    case "object":
      return type;
    default:
      return undefined;
  }
}

/** Whether a value is an object with names, neither null nor a list. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return jsonTypeOf(value) === "object";
}

/** Whether two JSON values are the same; the order of an object's names does not count. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (Object.is(one, other) || one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length && one.every((item, index) => isSameJson(item, other[index]))
    );
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]))
  );
}
