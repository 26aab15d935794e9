/** Keywords that put schemas together. */
import type { Check, Keyword } from "./check.ts";
import { expectList } from "./expected.ts";

/** Keyword to its check. */
export const combiningChecks: Readonly<Record<string, Keyword>> = {
  allOf(given, _schema, compile) {
    const checks = expectList("allOf", given).map(compile);
    return (value, path) => checks.flatMap((check) => check(value, path));
  },
  anyOf(given, _schema, compile) {
    const checks = expectList("anyOf", given).map(compile);
    return (value, path) => {
      const failures = checks.map((check) => check(value, path));
      return failures.some((issues) => issues.length === 0)
        ? []
        : [{ path, message: `must fit one of ${checks.length} forms (${reasons(failures)})` }];
    };
  },
  oneOf(given, _schema, compile) {
    const checks = expectList("oneOf", given).map(compile);
    return (value, path) => {
      const failures = checks.map((check) => check(value, path));
      const fitting = failures.filter((issues) => issues.length === 0).length;
      if (fitting === 1) return [];
      const why = fitting === 0 ? reasons(failures) : `it fits ${fitting}`;
      return [{ path, message: `must fit exactly one of ${checks.length} forms (${why})` }];
    };
  },
  not(given, _schema, compile) {
    const check = compile(given);
    return (value, path) =>
      check(value, path).length > 0
        ? []
        : [{ path, message: "must not be what the schema rules out" }];
  },
  if(given, schema, compile) {
    const condition = compile(given);
    const then = compile(schema.then ?? true);
    const otherwise = compile(schema.else ?? true);
    return (value, path) => (condition(value, path).length === 0 ? then : otherwise)(value, path);
  },
};

// One reason a form, so that a message stays readable.
function reasons(failures: readonly ReturnType<Check>[]): string {
  return failures
    .map(([first]) =>
      first === undefined ? "" : `${first.path.join(".")} ${first.message}`.trim(),
    )
    .join("; ");
}
