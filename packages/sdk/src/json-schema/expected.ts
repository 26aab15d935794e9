/** Reads what a keyword was given, and refuses what it can't be. */
import { UnusableSchema } from "./check.ts";
import { isJsonObject } from "./json-value.ts";

/** A number. */
export function expectNumber(keyword: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw wrong(keyword, "a number");
}

/** A list of texts. */
export function expectNames(keyword: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw wrong(keyword, "a list of names");
}

/** A list. */
export function expectList(keyword: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(keyword, "a list");
}

/** An object. */
export function expectObject(keyword: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value;
  throw wrong(keyword, "an object");
}

/** A regular expression. */
export function expectPattern(keyword: string, value: unknown): RegExp {
  if (typeof value !== "string") throw wrong(keyword, "a regular expression");
  try {
    return new RegExp(value, "u");
  } catch {
    throw wrong(keyword, "a regular expression of ECMAScript with the flag u");
  }
}

function wrong(keyword: string, what: string): UnusableSchema {
  return new UnusableSchema(`${keyword} must be ${what}`);
}
