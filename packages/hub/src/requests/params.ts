/** Codex's params, of which only the shape is trusted that was looked at. */

/** Fields of whatever kind. */
export type Params = Readonly<Record<string, unknown>>;

/** Whether a value has fields. */
export function isFields(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of params; none where they are not an object. */
export function paramsOf(params: unknown): Params {
  return isFields(params) ? params : {};
}

/** A text, or null where there is none. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
