/** Keywords about a value by itself: its type, its alternatives, bounds of numbers and texts. */
import { type Check, type Keyword, UnusableSchema } from "./check.ts";
import { expectList, expectNumber, expectPattern } from "./expected.ts";
import { isFormat } from "./formats.ts";
import { isSameJson, jsonTypeOf } from "./json-value.ts";

const typeNames = ["null", "boolean", "number", "integer", "string", "array", "object"];

/** Keyword to its check. */
export const valueChecks: Readonly<Record<string, Keyword>> = {
  type(given) {
    const types = Array.isArray(given) ? given : [given];
    for (const type of types) {
      if (!typeNames.includes(type)) {
        throw new UnusableSchema(`type ${JSON.stringify(type)} is none of JSON's`);
      }
    }
    const wanted = types.join(" or ");
    return expecting(
      (value) => {
        const type = jsonTypeOf(value);
        return types.includes(type) || (types.includes("integer") && Number.isInteger(value));
      },
      (value) => `must be ${wanted}, not ${jsonTypeOf(value) ?? typeof value}`,
    );
  },
  enum(given) {
    const values = expectList("enum", given);
    return expecting(
      (value) => values.some((one) => isSameJson(one, value)),
      () => `must be one of ${values.map((one) => JSON.stringify(one)).join(", ")}`,
    );
  },
  const: (given) =>
    expecting(
      (value) => isSameJson(given, value),
      () => `must be ${JSON.stringify(given)}`,
    ),
  minimum: ofNumbers("minimum", (value, bound) => value >= bound, "at least"),
  maximum: ofNumbers("maximum", (value, bound) => value <= bound, "at most"),
  exclusiveMinimum: ofNumbers("exclusiveMinimum", (value, bound) => value > bound, "greater than"),
  exclusiveMaximum: ofNumbers("exclusiveMaximum", (value, bound) => value < bound, "less than"),
  multipleOf: ofNumbers("multipleOf", isMultiple, "a multiple of"),
  minLength: ofTexts("minLength", (length, bound) => length >= bound, "at least"),
  maxLength: ofTexts("maxLength", (length, bound) => length <= bound, "at most"),
  pattern(given) {
    const pattern = expectPattern("pattern", given);
    return expecting(
      (value) => typeof value !== "string" || pattern.test(value),
      () => `must match ${pattern.source}`,
    );
  },
  format(given) {
    if (typeof given !== "string") throw new UnusableSchema("format must be a name");
    return expecting(
      (value) => typeof value !== "string" || isFormat(given, value),
      () => `must be a valid ${given}`,
    );
  },
};

function expecting(isFit: (value: unknown) => boolean, message: (value: unknown) => string): Check {
  return (value, path) => (isFit(value) ? [] : [{ path, message: message(value) }]);
}

function ofNumbers(
  name: string,
  isFit: (value: number, bound: number) => boolean,
  words: string,
): Keyword {
  return (given) => {
    // Draft 4 says exclusive bounds by a boolean beside the bound.
    if (typeof given === "boolean") throw new UnusableSchema(`${name} must be a number`);
    const bound = expectNumber(name, given);
    if (name === "multipleOf" && bound <= 0) throw new UnusableSchema(`${name} must be above 0`);
    return expecting(
      (value) => typeof value !== "number" || isFit(value, bound),
      () => `must be ${words} ${bound}`,
    );
  };
}

// In characters, as the specification counts: an emoji is one.
function ofTexts(
  name: string,
  isFit: (length: number, bound: number) => boolean,
  words: string,
): Keyword {
  return (given) => {
    const bound = expectNumber(name, given);
    return expecting(
      (value) => typeof value !== "string" || isFit([...value].length, bound),
      () => `must have ${words} ${bound} characters`,
    );
  };
}

// 0.3 is a multiple of 0.1, whatever binary fractions say.
function isMultiple(value: number, step: number): boolean {
  const ratio = value / step;
  return Math.abs(ratio - Math.round(ratio)) <= Number.EPSILON * Math.max(1, Math.abs(ratio));
}
