/**
 * How a method of the app-server becomes the dotted name that events carry. The generator imports
 * this module too, so it stands alone.
 */

/**
 * The dotted snake_case form of a method: `item/fileChange/requestApproval` becomes
 * `item.file_change.request_approval`. Total: an empty segment becomes `unknown`, characters
 * outside ASCII letters and digits separate words, and a method of which nothing is left is
 * `unknown`. Different methods can give the same name (`a.b`, `a_b` and `aB` all give `a_b`).
 */
export function normalizeMethod(method: string): string {
  const segments = method.split("/").map(normalizeSegment);
  return segments.filter((segment) => segment !== "").join(".") || "unknown";
}

function normalizeSegment(segment: string): string {
  const trimmed = segment.trim();
  if (trimmed === "") return "unknown";
  return trimmed
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/([A-Z])(?=[A-Z][a-z])/g, "$1_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/_+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase();
}
