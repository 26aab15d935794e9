/** Which types a run asks the hub for, so that an idle type costs nothing on the wire. */
import { createTypeMatcher, viewEvents } from "@signalbox/contract";

/** A pattern no event has: the way to ask for nothing, since no patterns at all means everything. */
const nothing: readonly string[] = ["-"];
/** What one subscription may name. */
const most = 256;

/**
 * The fewest patterns that cover all of these, sorted. Past what one subscription may name, names
 * from app-server give way to their common prefix; routes that do not match the surplus ignore it.
 */
export function compactPatterns(patterns: Iterable<string>): readonly string[] {
  const wanted = [...new Set(patterns)];
  if (wanted.length === 0) return nothing;
  const compact = wanted.filter((pattern) => !wanted.some((other) => covers(other, pattern)));
  if (compact.length <= most) return compact.sort();
  const family = "app_server.";
  return [...compact.filter((pattern) => !pattern.startsWith(family)), `${family}*`].sort();
}

/** Whether these patterns let any view through. The pattern `*` alone is every event, and no view. */
export function includesViews(patterns: readonly string[] | undefined): boolean {
  const named = patterns?.filter((pattern) => pattern !== "*") ?? [];
  return named.length > 0 && viewNames.some(createTypeMatcher(named));
}

/** Every view there is. */
export const viewNames: readonly string[] = Object.keys(viewEvents);

function covers(wide: string, narrow: string): boolean {
  if (wide === narrow || !wide.endsWith("*")) return false;
  return createTypeMatcher([wide])(narrow.endsWith("*") ? narrow.slice(0, -1) : narrow);
}
