import { describe, expect, it } from "vitest";
import { Claims } from "./claims.ts";

describe("Claims", () => {
  it("forgets the oldest settled claim past its limit, never one under way", async () => {
    const claims = new Claims<string>(2);
    const underWay = Promise.withResolvers<string>();
    claims.claim("open", () => underWay.promise);
    for (const id of ["a", "b", "c"]) await claims.claim(id, async () => id).outcome;
    const isNew = (id: string) => claims.claim(id, async () => "again").isFirst;
    expect([isNew("open"), isNew("b"), isNew("c"), isNew("a")]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    underWay.resolve("done");
  });
});
