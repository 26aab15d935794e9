import { expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import { type LoginForm, loginForm } from "./login-form.ts";

const fields = ["apiKey", "accessToken", "chatgptAccountId", "chatgptPlanType"] as const;
type Field = (typeof fields)[number];

/** What each type takes: needed, then optional. */
const taken: Record<LoginForm["type"], readonly [readonly Field[], readonly Field[]]> = {
  apiKey: [["apiKey"], []],
  chatgpt: [[], []],
  chatgptDeviceCode: [[], []],
  chatgptAuthTokens: [["accessToken", "chatgptAccountId"], ["chatgptPlanType"]],
};

test.each(Object.entries(taken))(
  "a login of type %s takes its own fields, all it needs, and names each that is wrong",
  (type, [needed, optional]) => {
    for (let subset = 0; subset < 2 ** fields.length; subset++) {
      const given = fields.filter((_, place) => (subset >> place) & 1);
      const form = { type, ...Object.fromEntries(given.map((field) => [field, "x"])) };
      const wrong = fields.filter((field) =>
        given.includes(field)
          ? !needed.includes(field) && !optional.includes(field)
          : needed.includes(field),
      );
      const { error } = loginForm.safeParse(form);
      const named = (error?.issues ?? []).map(({ path }) => path.join("."));
      expect(named.toSorted(), JSON.stringify(form)).toEqual(wrong.toSorted());
    }
  },
);

test("a field that is blank or of another type is refused without being repeated", () => {
  for (const apiKey of ["", "  ", 7, { secret: "s3cr3t" }, ["s3cr3t"]]) {
    const { error } = loginForm.safeParse({ type: "apiKey", apiKey });
    expect(error?.issues.map(({ path }) => path)).toContainEqual(["apiKey"]);
    expect(String(error)).not.toContain("s3cr3t");
  }
  expect(String(loginForm.safeParse({ type: "s3cr3t" }).error)).not.toContain("s3cr3t");
});

test("every form the SDK's type allows is one of the schema's inputs", () => {
  expectTypeOf<LoginForm>().toExtend<z.input<typeof loginForm>>();
});
