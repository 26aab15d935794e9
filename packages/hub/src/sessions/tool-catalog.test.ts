import { describe, expect, it } from "vitest";
import { toToolCatalog } from "./tool-catalog.ts";

const tool = (name: string, type = "object") => ({ name, description: "d", inputSchema: { type } });

describe("toToolCatalog", () => {
  it("gives the tools by name and the same version whatever order they came in", () => {
    const one = toToolCatalog("s", [tool("b"), tool("a")]);
    expect(one.dynamicTools).toEqual([tool("a"), tool("b")]);
    expect(toToolCatalog("other", [tool("a"), tool("b")]).version).toBe(one.version);
  });

  it("gives another version to a tool more and to another schema", () => {
    const { version } = toToolCatalog("s", [tool("a")]);
    expect(toToolCatalog("s", [tool("a"), tool("b")]).version).not.toBe(version);
    expect(toToolCatalog("s", [{ ...tool("a"), inputSchema: {} }]).version).not.toBe(version);
    expect(toToolCatalog("s", []).dynamicTools).toEqual([]);
  });
});
