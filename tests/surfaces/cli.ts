/** The command line: the words that say the example's input, as `main` gets them from a terminal's shell. */
import { categoryTable, commandOf, fromErrorBody, toCommandLine } from "@signalbox/contract";
import { expect } from "vitest";
import { runMain } from "../../packages/cli/fixtures/captured-shell.ts";
import type { Surface } from "./surface.ts";

export const cli: Surface = {
  name: "cli",
  async call(hub, operation, input) {
    const words = toCommandLine(commandOf(operation), input);
    const flags = operation.intent === "destroy" ? ["--json", "--yes"] : ["--json"];
    const env = { SIGNALBOX_URL: hub.url, SIGNALBOX_TOKEN: hub.token };
    const { code, out, err } = await runMain(withFlags(words, flags), { env });
    if (code === 0) {
      expect(err).toBe("");
      return { output: JSON.parse(out) };
    }
    expect(out).toBe("");
    const { error } = JSON.parse(err);
    expect(code).toBe(categoryTable[fromErrorBody(400, error).category].exit);
    return { error };
  },
};

/** Options stand before what `--` protects. */
function withFlags(words: readonly string[], flags: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? [...words, ...flags] : words.toSpliced(end, 0, ...flags);
}
