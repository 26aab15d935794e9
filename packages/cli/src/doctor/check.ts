/** What `signalbox doctor` finds out. */

/** How something is. Only `fail` keeps a hub from working. */
export type CheckStatus = "ok" | "warn" | "fail";

/** One thing that was looked at. */
export interface Finding {
  readonly status: CheckStatus;
  /** How it is. */
  readonly what: string;
  /** What to do about it; null where nothing is to be done. */
  readonly remedy: string | null;
}

/** A thing to look at. What it throws is a failure. */
export interface Check {
  readonly name: string;
  look(): Finding | Promise<Finding>;
}

/** All is well. */
export function ok(what: string): Finding {
  return { status: "ok", what, remedy: null };
}

/** Something is odd. */
export function warn(what: string, remedy: string): Finding {
  return { status: "warn", what, remedy };
}

/** Something keeps a hub from working. */
export function fail(what: string, remedy: string): Finding {
  return { status: "fail", what, remedy };
}
