/** What a change of controls was, for people and for the audit. */
import { isDeepStrictEqual } from "node:util";
import type { Controls } from "./controls.ts";

type Field = Exclude<keyof Controls, "settings">;

const fields: readonly Field[] = ["model", "approvalPolicy", "networkAccess", "filesystemSandbox"];

/** One line: `model: a -> b, settings: team`. `No change` when nothing differs. */
export function summaryOfChange(before: Controls, after: Controls): string {
  const parts = fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => `${field}: ${toWord(before[field])} -> ${toWord(after[field])}`);
  const keys = changedSettings(before, after);
  if (keys.length > 0) parts.push(`settings: ${keys.join(", ")}`);
  return parts.length === 0 ? "No change" : parts.join(", ");
}

/** The change without the values of free settings, which may be anybody's secrets. */
export function toAuditDetails(before: Controls, after: Controls): Record<string, unknown> {
  const { settings: _before, ...previous } = before;
  const { settings: _after, ...next } = after;
  return { previous, next, changedSettings: changedSettings(before, after) };
}

function changedSettings({ settings: before }: Controls, { settings: after }: Controls): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter(
    (key) =>
      Object.hasOwn(before, key) !== Object.hasOwn(after, key) ||
      !isDeepStrictEqual(before[key], after[key]),
  );
}

function toWord(value: Controls[Field]): string {
  if (value === null) return "as Codex has it";
  return typeof value === "string" ? value : JSON.stringify(value);
}
