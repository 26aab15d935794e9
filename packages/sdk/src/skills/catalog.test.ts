import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { maxSkills, SkillCatalog, type SkillContext } from "./catalog.ts";
import { injectInstructions, instructionText } from "./instructions.ts";

const input = { type: "object" };

describe("SkillCatalog", () => {
  it("gives the tools by name, as Codex is told of them", () => {
    const catalog = new SkillCatalog();
    catalog.skill({ name: "zeta", description: "z", input }, () => "");
    catalog.skill(
      { name: " uppercase ", description: "Capitals", input: z.object({ text: z.string() }) },
      ({ text }) => text.toUpperCase(),
    );
    expect(catalog.dynamicTools()).toEqual([
      {
        name: "uppercase",
        description: "Capitals",
        inputSchema: {
          type: "object",
          properties: { text: { type: "string" } },
          required: ["text"],
        },
      },
      { name: "zeta", description: "z", inputSchema: input },
    ]);
  });

  it("describes a skill by its own words, else by its schema's, else by its name", () => {
    const catalog = new SkillCatalog();
    const described = z.object({}).describe("From the schema");
    catalog.skill({ name: "a", description: "Own", input: described }, () => "");
    catalog.skill({ name: "b", description: "  ", input: described }, () => "");
    catalog.skill({ name: "c", input }, () => "");
    expect(catalog.dynamicTools().map(({ description }) => description)).toEqual([
      "Own",
      "From the schema",
      "Remote skill c",
    ]);
  });

  it("refuses a bad name, a name taken, a deadline that is none, and skills that come too late", () => {
    const catalog = new SkillCatalog();
    catalog.skill({ name: "taken", input }, () => "");
    expect(() => catalog.skill({ name: "a b", input }, () => "")).toThrow(/name/);
    expect(() => catalog.skill({ name: "taken", input }, () => "")).toThrow(/already/);
    for (const deadline of [0, -1, Number.NaN]) {
      expect(() => catalog.skill({ name: "a", input, deadline }, () => "")).toThrow(/deadline/);
    }
    catalog.close();
    expect(() => catalog.skill({ name: "a", input }, () => "")).toThrow(/fixed/);
    expect(() => catalog.unregister("taken")).toThrow(/fixed/);
  });

  it("takes a skill back by name", () => {
    const catalog = new SkillCatalog();
    catalog.skill({ name: "a", input }, () => "");
    expect([catalog.unregister("a"), catalog.unregister("a")]).toEqual([true, false]);
    expect(catalog.list()).toEqual([]);
  });

  it("takes as many skills as a session has room for, and not one more", () => {
    const catalog = new SkillCatalog();
    for (let count = 0; count < maxSkills; count += 1) {
      catalog.skill({ name: `s${count}`, input }, () => "");
    }
    expect(() => catalog.skill({ name: "more", input }, () => "")).toThrow(/takes 128/);
  });

  it("refuses async handlers where the client was made for sync ones, by type and when they run", () => {
    const catalog = new SkillCatalog<"sync">("sync");
    catalog.skill({ name: "sync", input }, () => "done");
    // @ts-expect-error an async function
    catalog.skill({ name: "async", input }, async () => "done");
    const run = (name: string) => catalog.get(name)!.handler({} as never, {} as SkillContext);
    expect(run("sync")).toBe("done");
    expect(() => run("async")).toThrow(/skill async returned a promise.*async mode/);
  });

  it("types a handler's input from its schema", () => {
    const catalog = new SkillCatalog();
    const typed = z.object({ n: z.string().transform(Number), tag: z.enum(["a", "b"]).optional() });
    catalog.skill({ name: "typed", input: typed }, (given, context) => {
      expectTypeOf(given).toEqualTypeOf<{ n: number; tag?: "a" | "b" | undefined }>();
      expectTypeOf(given).not.toBeAny();
      expectTypeOf(given.n).not.toBeAny();
      expectTypeOf(context).toEqualTypeOf<SkillContext>();
    });
    catalog.skill({ name: "plain", input }, (given) => {
      expectTypeOf(given).toEqualTypeOf<Readonly<Record<string, unknown>>>();
      expectTypeOf(given.anything).toBeUnknown();
    });
  });
});

describe("the instructions", () => {
  const catalog = new SkillCatalog();
  catalog.skill(
    {
      name: "weather",
      description: "The weather at a place",
      input: z.object({ place: z.string() }),
      output: z.object({ degrees: z.number() }).describe("In Celsius"),
    },
    () => ({ degrees: 3 }),
  );
  catalog.skill({ name: "ask", description: "Asks", input, outputDescription: "A text" }, () => "");

  it("tell each skill by name with its schemas and what it gives back", () => {
    const lines = instructionText(catalog.list()).split("\n");
    expect(lines.slice(2)).toEqual([
      "- ask: Asks",
      '  input: {"type":"object"}',
      "  gives: A text",
      "- weather: The weather at a place",
      '  input: {"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}',
      '  output: {"type":"object","properties":{"degrees":{"type":"number"}},"required":["degrees"],"additionalProperties":false,"description":"In Celsius"}',
      "  gives: In Celsius",
    ]);
  });

  it("stand before a message, and leave it as it is when there are no skills", () => {
    const injected = injectInstructions(catalog.list(), "How warm is it?");
    expect(injected.startsWith(instructionText(catalog.list()))).toBe(true);
    expect(injected.endsWith("\n\nRequest of the user:\nHow warm is it?")).toBe(true);
    expect(instructionText([])).toBe("");
    expect(injectInstructions([], "Hello")).toBe("Hello");
  });
});
