/**
 * What a repository's file may say. Whoever wrote it is not who runs the hub, so it can lower what an
 * agent may do and never raise it, unless the hub's own file trusts its folder.
 */
import { resolve } from "node:path";
import { type ConfigurableField, SignalboxError } from "@signalbox/contract";
import { isUnder, toRealPath } from "../../real-path.ts";
import type { Section } from "./config-file.ts";

/** From the least to the most an agent may do; what nothing is said of counts as the first. */
const ladders: Partial<Record<ConfigurableField, readonly string[]>> = {
  filesystemSandbox: ["read-only", "workspace-write", "danger-full-access"],
  networkAccess: ["restricted", "enabled"],
  approvalsReviewer: ["user", "guardian_subagent", "auto_review"],
};

/** How often Codex asks, from often to never; where nothing is said it asks when it needs more. */
const asking = ["untrusted", "on-request", "never"];

/** Whether a path lies in a folder, or is it. Links are followed; one that leads nowhere lies in none. */
export function isWithin(path: string, folder: string): boolean {
  const [real, realFolder] = [toRealPath(resolve(path)), toRealPath(resolve(folder))];
  return real !== undefined && realFolder !== undefined && isUnder(real, realFolder);
}

/**
 * The first field of a file that asks for more than `below` gives, which is what the hub and its own
 * file say; undefined when none does. `folder`: the one the file is about.
 */
export function findWidening(
  section: Section,
  below: Section,
  folder: string,
): ConfigurableField | undefined {
  const fields = Object.keys(section) as ConfigurableField[];
  return fields.find((field) => isWidening(field, section, below, folder));
}

function isWidening(
  field: ConfigurableField,
  section: Section,
  below: Section,
  folder: string,
): boolean {
  const value = section[field];
  if (value === undefined) return false;
  switch (field) {
    case "filesystemSandbox":
    case "networkAccess":
    case "approvalsReviewer":
      return isHigher(ladders[field]!, value, below[field]);
    case "approvalPolicy":
      return isHigher(asking, value, below.approvalPolicy ?? "on-request");
    case "modelProvider":
      return value !== below.modelProvider;
    case "cwd":
    case "baseFile":
    case "developerFile":
      return !isWithin(resolve(folder, String(value)), folder);
    default:
      return false;
  }
}

/** A repository asks for more than it may. */
export function untrusted(
  place: string,
  field: string,
  folder: string,
  ownFile: string,
): SignalboxError {
  return new SignalboxError(
    "untrusted_config",
    `${place}: ${field}: This is more than a repository may ask for. Give it with the call, or trust the folder: put trust = [${JSON.stringify(folder)}] into ${ownFile}.`,
    { details: { place, key: field, folder, trustIn: ownFile } },
  );
}

function isHigher(ladder: readonly string[], value: unknown, below: string | undefined): boolean {
  return ladder.indexOf(String(value)) > Math.max(0, ladder.indexOf(below ?? ladder[0]!));
}
