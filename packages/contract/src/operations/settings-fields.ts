/** Free settings: a JSON object of a session's, or of the defaults, for whoever drives sessions. */
import { z } from "zod";

/** Characters of a key, at most. */
export const settingsKeyLimit = 240;
/** Bytes of all settings of one scope as JSON text in UTF-8, at most. */
export const settingsSizeLimit = 64 * 1024;
/** Objects and lists within each other, at most. */
export const settingsDepthLimit = 64;

/** Names one setting. */
export const settingsKey = z
  .string()
  .min(1)
  .max(settingsKeyLimit)
  .refine((key) => key !== "__proto__", "__proto__ can't be a key")
  .describe("Name of a setting; any text, dots and slashes have no meaning");

/** The value of one setting: any JSON value, null too. */
export const settingsValue = z
  .unknown()
  .refine(
    (value) => !isDeeperThan(value, settingsDepthLimit),
    `Nested deeper than ${settingsDepthLimit}`,
  );

/** Settings by name. */
export const settingsDocument = z
  .record(settingsKey, settingsValue)
  .describe(`Settings by name; ${settingsSizeLimit} bytes of JSON at most, with those there are`);

function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, limit - 1));
}
