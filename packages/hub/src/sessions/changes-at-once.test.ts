/** Changes that begin before any of them has been stored. */
import type { HubEventPayload } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { newSessionRow, openHubState } from "../../fixtures/hub-state.ts";
import type { Controls } from "./controls.ts";

const keys = fc.array(fc.constantFrom("a", "b", "c", "d"), { size: "max", maxLength: 12 });
const setting = (key: string) => (controls: Controls) => ({
  ...controls,
  settings: { ...controls.settings, [key]: key },
});

test("each change of a session is made on what all earlier ones left, and each is one event", async () => {
  await fc.assert(
    fc.asyncProperty(keys, async (chosen) => {
      await using state = await openHubState();
      const row = newSessionRow();
      await state.roster.add(row);
      await Promise.all(
        chosen.map((key) =>
          state.roster.update(row.id, ({ controls }) => ({ controls: setting(key)(controls) })),
        ),
      );
      const different = new Set(chosen);
      const { settings } = state.roster.find(row.id).controls;
      expect(Object.keys(settings).toSorted()).toEqual([...different].toSorted());
      const { events } = await state.journal.read({
        after: 0,
        limit: 100,
        types: ["session.updated"],
      });
      expect(events).toHaveLength(different.size);
      let before: Controls = row.controls;
      for (const { value } of events) {
        const { previous, session } = value as HubEventPayload<"session.updated">;
        expect(previous?.sessionControls).toEqual(before);
        before = session.sessionControls;
      }
    }),
    { numRuns: 30 },
  );
});

test("each change of the defaults is made on what all earlier ones left", async () => {
  await using state = await openHubState();
  const by = { actor: "a", source: "s" };
  await Promise.all(["a", "b", "c", "a"].map((key) => state.defaults.update(setting(key), by)));
  expect(state.defaults.get().settings).toEqual({ a: "a", b: "b", c: "c" });
  expect(state.journal.head).toBe(3);
});
