/** Where paths lead, so that a link never makes one look as if it were in a folder. */
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from "node:path";

/** A path with links resolved, as far as it exists. Undefined for one that is not absolute or steps upwards. */
export function toRealPath(path: string): string | undefined {
  if (!isAbsolute(path) || path.split(/[\\/]/).includes("..")) return undefined;
  const missing: string[] = [];
  for (let existing = normalize(path); ; existing = dirname(existing)) {
    try {
      return join(realpathSync(existing), ...missing);
    } catch (error) {
      // A link to nowhere would be followed by whoever writes.
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "ENOENT" || isLink(existing) || dirname(existing) === existing) return undefined;
      missing.unshift(basename(existing));
    }
  }
}

/** Whether an absolute path is a folder's own or of something in it. */
export function isUnder(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
