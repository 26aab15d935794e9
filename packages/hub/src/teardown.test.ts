import { expect, test } from "vitest";
import { Teardown } from "./teardown.ts";

test("steps run once each, the last one first, whether or not others fail", async () => {
  const ran: string[] = [];
  const teardown = new Teardown();
  teardown.defer(() => ran.push("first"));
  teardown.defer(async () => {
    ran.push("second");
    throw new Error("second failed");
  });
  teardown.defer(() => ran.push("third"));
  const runs = [teardown.run(), teardown.run()];
  const [one, two] = await Promise.allSettled(runs);
  expect(ran).toEqual(["third", "second", "first"]);
  expect(one).toMatchObject({ status: "rejected", reason: { message: "second failed" } });
  expect(two?.status).toBe("rejected");
});
