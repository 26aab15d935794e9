/** The one table that every surface is held to: every operation, every example, in the world it asks for. */
import { type Example, type Operation, operations } from "@signalbox/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome, Surface } from "./surface.ts";
import { ExampleWorlds, withIds } from "./worlds.ts";

/** Defines a test of each example of each operation on this surface. */
export function testExamplesOn(surface: Surface): void {
  let worlds: ExampleWorlds;
  beforeAll(async () => {
    worlds = await ExampleWorlds.start();
  });
  afterAll(() => worlds[Symbol.asyncDispose]());

  describe.each(Object.values(operations) as Operation[])(
    `$name over ${surface.name}`,
    (operation) => {
      test.each(operation.examples as Example[])("$title", async (example) => {
        const { hub, ids } = await worlds.make(example.given ?? "nothing");
        const outcome = await surface.call(hub, operation, withIds(example.input, ids));
        expectAsShown(operation, example, outcome);
      });
    },
  );
}

function expectAsShown(operation: Operation, example: Example, outcome: Outcome): void {
  if ("error" in example) {
    expect(outcome).toMatchObject({ error: { code: example.error } });
    return;
  }
  expect(outcome).not.toHaveProperty("error");
  const { output } = outcome as { output: unknown };
  expect(operation.output.safeParse(output).error).toBeUndefined();
  // The answer has every field the example shows.
  expect(Object.keys(output as object)).toEqual(
    expect.arrayContaining(Object.keys(example.output as object)),
  );
}
