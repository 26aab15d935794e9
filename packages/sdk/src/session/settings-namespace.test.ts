import fc from "fast-check";
import { expect, test } from "vitest";
import { SettingsNamespace } from "./settings-namespace.ts";

/** Settings as the hub keeps them: by their first part, any JSON values. */
function createSettings(all: Record<string, unknown> = {}) {
  return {
    all,
    get: async ({ key }: { key: string }) => ({
      found: Object.hasOwn(all, key),
      value: Object.hasOwn(all, key) ? structuredClone(all[key]) : null,
    }),
    set: async ({ key, value }: { key: string; value: unknown }) => {
      all[key] = JSON.parse(JSON.stringify(value));
    },
    unset: async ({ key }: { key: string }) => {
      const removed = Object.hasOwn(all, key);
      delete all[key];
      return { removed };
    },
  };
}

const at = (settings: ReturnType<typeof createSettings>, path: string) =>
  new SettingsNamespace(settings as never, path);

test("a deeper path is a part of the setting its first part names", async () => {
  const settings = createSettings();
  await at(settings, "ui.colors.border").set("blue");
  await at(settings, "ui.colors.text").set(null);
  expect(settings.all).toEqual({ ui: { colors: { border: "blue", text: null } } });
  expect(await at(settings, "ui.colors").get()).toEqual({ border: "blue", text: null });
  expect(await at(settings, "ui.colors.text").get()).toBeNull();
  expect(await at(settings, "ui.colors.none").get()).toBeUndefined();
  expect(await at(settings, "ui.colors.border.deeper").get()).toBeUndefined();
  expect(await at(settings, "other").get()).toBeUndefined();
});

test("a merge keeps what it does not name, deep, and replaces what is no object", async () => {
  const settings = createSettings({ ui: { colors: { border: "blue" }, size: 1 } });
  await at(settings, "ui").merge({ colors: { text: "red" }, size: { wide: true } });
  expect(settings.all.ui).toEqual({
    colors: { border: "blue", text: "red" },
    size: { wide: true },
  });
  await at(settings, "ui.size.wide").merge({ very: [1] });
  expect(await at(settings, "ui.size").get()).toEqual({ wide: { very: [1] } });
});

test("taking away leaves what stands beside it, and says when nothing was there", async () => {
  const settings = createSettings({ ui: { colors: { border: "blue" } }, other: 1 });
  expect(await at(settings, "ui.colors.text").unset()).toBe(false);
  expect(await at(settings, "ui.colors.border.deeper").unset()).toBe(false);
  expect(await at(settings, "ui.colors.border").unset()).toBe(true);
  expect(settings.all).toEqual({ ui: { colors: {} }, other: 1 });
  expect(await at(settings, "other").unset()).toBe(true);
  expect(await at(settings, "other").unset()).toBe(false);
  expect(settings.all).toEqual({ ui: { colors: {} } });
});

const part = fc.constantFrom("a", "b", "c", "constructor", "toString");
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));

test("what was set at a path is what is there, whatever was there before", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(part, fc.jsonValue()),
      path,
      fc.jsonValue(),
      async (before, where, value) => {
        const settings = createSettings(structuredClone(before));
        await at(settings, where).set(value);
        const kept = JSON.parse(JSON.stringify(value));
        expect(await at(settings, where).get()).toEqual(kept);
        const [first] = where.split(".");
        for (const key of Object.keys(before))
          if (key !== first) expect(settings.all[key]).toEqual(before[key]);
        expect(await at(settings, where).unset()).toBe(true);
        expect(await at(settings, where).get()).toBeUndefined();
      },
    ),
  );
});

test.each(["", ".", "a..b", "a.", "__proto__", "a.__proto__.b"])("%j is no path", (where) => {
  expect(() => at(createSettings(), where)).toThrow(
    expect.objectContaining({ code: "invalid_request" }),
  );
});
