/** Versions of codex, and what follows from them. */
import { CODEX_VERSION } from "@signalbox/protocol";

/** The oldest codex this client speaks to. */
export const MINIMUM_CODEX_VERSION = "0.140.0";

/** The version in a `userAgent` such as `signalbox/0.169.0-alpha.2 (…)`; undefined where there is none. */
export function versionInUserAgent(userAgent: string): string | undefined {
  return /^[^/]*\/(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(userAgent)?.[1];
}

/** Negative when `a` is older than `b`; a pre-release is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const [index, part] of left.numbers.entries()) {
    const difference = part - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.tag === right.tag) return 0;
  if (left.tag === "") return 1;
  if (right.tag === "") return -1;
  return left.tag.localeCompare(right.tag, "en", { numeric: true });
}

/** 0.0.0 is what a build from a checkout reports. */
export function isUnversioned(version: string | undefined): boolean {
  return version === undefined || parse(version).numbers.every((part) => part === 0);
}

/** True when everything in the protocol's table is known to this codex. */
export function knowsWholeProtocol(version: string | undefined): boolean {
  return (
    version !== undefined && !isUnversioned(version) && compareVersions(version, CODEX_VERSION) >= 0
  );
}

function parse(version: string): { numbers: number[]; tag: string } {
  const [release = "", ...tag] = version.split("-");
  return { numbers: release.split(".").map(Number), tag: tag.join("-") };
}
