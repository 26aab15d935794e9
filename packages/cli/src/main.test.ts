import { describe, expect, test } from "vitest";
import { runCommand } from "../fixtures/run-command.ts";

/** Code that node runs before the command's own. */
const before = (code: string) => ({
  nodeArgs: ["--import", `data:text/javascript,${encodeURIComponent(code)}`],
});

describe("signalbox", () => {
  test("says what there is, and loads nothing of the hub or the SDK for it", async () => {
    const { code, stdout, stderr } = await runCommand(
      ["--help"],
      before(`
        import { registerHooks } from "node:module";
        registerHooks({ resolve: (specifier, context, next) => {
          if (specifier.startsWith("@signalbox/") && !specifier.endsWith("/command-list")) console.error("loaded " + specifier);
          return next(specifier, context);
        } });
      `),
    );
    expect(stdout).toMatch(/serve .*run the hub.*demo/s);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("says its version", async () => {
    const { code, stdout } = await runCommand(["--version"]);
    expect([code, stdout]).toEqual([0, "0.1.0\n"]);
  });

  test.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["serve", "--bogus"], "unknown option '--bogus'"],
    [["serve", "--port", "70000"], "from 0 to 65535"],
    [["serve", "--retain-days", "0"], "a number of days above 0"],
    [["serve", "--retain-size", "5"], "a size with its unit"],
    [[], "Usage: signalbox"],
  ])("ends with 2 for the command line %j", async (args, said) => {
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  test("refuses a Node that is too old in one sentence", async () => {
    const { code, stderr } = await runCommand(
      ["serve"],
      before(
        `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.17.9" } })`,
      ),
    );
    expect(code).toBe(12);
    expect(stderr).toMatch(/^signalbox needs Node 22\.18 or later, and .* is v.*\n$/);
  });
});
