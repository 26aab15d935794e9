/** Names of sessions over a real database and journal, without codex. */
import { isSignalboxError } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { newSessionRow, openHubState } from "../../fixtures/hub-state.ts";
import { Handles } from "./handles.ts";
import { nearSessions } from "./near-sessions.ts";
import { Selectors } from "./selectors.ts";

type State = Awaited<ReturnType<typeof openHubState>>;

/** What went wrong, by its code. */
function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isSignalboxError(error) ? error.code : "unexpected";
  }
}

// Few names, so that ids, handles and titles meet; and an id that looks like a handle.
const ids = ["a", "b", "c", "d", "@b"];
const names = ["a", "b", "c", "@a", "@b", "@c", "A", "@B", ""];
const handle = fc.constantFrom(null, "@a", "@b", "@B", "@c");
const kept = fc.record({
  handle,
  title: fc.constantFrom(...names),
  deleted: fc.boolean(),
  systemOwned: fc.boolean(),
});

test("a session is found by its id, else by its handle whatever the case, else by the one title that is exactly so", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ id: fc.constantFrom(...ids), row: kept }), {
        selector: ({ id }) => id,
        size: "max",
        maxLength: ids.length,
      }),
      fc.constantFrom(...ids, ...names.filter((name) => name !== "")),
      async (sessions, given) => {
        await using state = await openHubState();
        const taken = new Set<string>();
        const there: { id: string; handle: string | null; title: string; isListed: boolean }[] = [];
        for (const { id, row } of sessions) {
          const key = row.handle?.toLowerCase();
          const own = key === undefined || taken.has(key) ? null : row.handle;
          await state.roster.add({ ...newSessionRow(), id, ...row, handle: own });
          if (row.deleted) await state.roster.bury(id);
          else {
            if (own !== null) taken.add(own.toLowerCase());
            there.push({ id, handle: own, title: row.title, isListed: !row.systemOwned });
          }
        }
        const selectors = new Selectors(state.sessions);
        const resolve = () => selectors.resolve(given);
        if (sessions.some(({ id }) => id === given)) {
          expect(resolve()).toBe(given);
        } else if (given.startsWith("@")) {
          const holder = there.find((each) => each.handle?.toLowerCase() === given.toLowerCase());
          if (holder === undefined) expect(codeOf(resolve)).toBe("session_not_found");
          else expect(resolve()).toBe(holder.id);
        } else {
          const titled = there.filter(({ title, isListed }) => isListed && title === given);
          if (titled.length > 1) expect(codeOf(resolve)).toBe("ambiguous_selector");
          else expect(resolve()).toBe(titled[0]?.id ?? given);
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** As an operation does that has something to do at codex before the row can change. */
async function rename({ roster }: State, handles: Handles, id: string, wanted: string | null) {
  using _held = handles.hold(wanted, id);
  await Promise.resolve();
  await roster.update(id, { handle: wanted });
}

test("however many rename at once, no two sessions have one handle, and who is refused lost it to somebody", async () => {
  const renames = fc.array(fc.record({ session: fc.nat({ max: 3 }), handle }), {
    size: "max",
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(renames, fc.boolean(), async (all, isHeld) => {
      await using state = await openHubState();
      const handles = new Handles(state.sessions);
      const rows = await Promise.all(
        [0, 1, 2, 3].map(async () => {
          const row = newSessionRow();
          await state.roster.add(row);
          return row;
        }),
      );
      const ended = await Promise.allSettled(
        all.map(({ session, handle: wanted }) => {
          const { id } = rows[session]!;
          return isHeld
            ? rename(state, handles, id, wanted)
            : state.roster.update(id, { handle: wanted });
        }),
      );
      const given = rows.flatMap(({ id }) => state.roster.find(id).handle?.toLowerCase() ?? []);
      expect(new Set(given).size).toBe(given.length);
      const refusals = ended.filter((end) => end.status === "rejected");
      for (const { reason } of refusals) expect(reason).toMatchObject({ code: "handle_taken" });
      if (all.length > 0) expect(refusals.length).toBeLessThan(all.length);
      // What was told is what is kept.
      const { events } = await state.journal.read({ after: 0, limit: 100, types: ["session.*"] });
      const told = new Map<string, string | null>();
      for (const { value } of events) {
        const { session } = value as { session: { sessionId: string; handle: string | null } };
        told.set(session.sessionId, session.handle);
      }
      for (const { id } of rows) expect(state.roster.find(id).handle).toBe(told.get(id));
    }),
    { numRuns: 60 },
  );
});

test("a handle that is held for a session in the making is nobody else's until it is let go", async () => {
  await using state = await openHubState();
  const handles = new Handles(state.sessions);
  const held = handles.hold("@one");
  expect(() => handles.hold("@ONE")).toThrow("@ONE");
  held[Symbol.dispose]();
  handles.hold("@one")[Symbol.dispose]();
  using _none = handles.hold(null);
  using _noneEither = handles.hold(undefined);
});

test("a deleted session's handle and title are free", async () => {
  await using state = await openHubState();
  const [first, second] = [newSessionRow(), newSessionRow()];
  await state.roster.add({ ...first, handle: "@one", title: "Notes" });
  await expect(state.roster.add({ ...second, handle: "@One" })).rejects.toMatchObject({
    code: "handle_taken",
    details: { sessionId: first.id },
  });
  expect(state.roster.isKept(second.id)).toBe(false);
  await state.roster.bury(first.id);
  await state.roster.add({ ...second, handle: "@One", title: "Notes" });
  const selectors = new Selectors(state.sessions);
  expect(selectors.resolve("@one")).toBe(second.id);
  expect(selectors.resolve("Notes")).toBe(second.id);
  expect(selectors.resolve(first.id)).toBe(first.id);
});

test("of more than ten sessions with one title ten are named, the last changed first", async () => {
  await using state = await openHubState();
  for (let n = 0; n <= 10; n += 1) {
    await state.roster.add({ ...newSessionRow(), id: `s${n}`, updatedAt: n, title: "Notes" });
  }
  const resolve = () => new Selectors(state.sessions).resolve("Notes");
  expect(resolve).toThrow(/^More than 10 sessions have the title "Notes"/);
  await state.roster.bury("s10");
  expect(resolve).toThrow(/^10 sessions have the title "Notes"/);
  try {
    resolve();
  } catch (error) {
    const { candidates } = (error as { details: { candidates: object[] } }).details;
    expect(candidates).toHaveLength(10);
    expect(candidates[0]).toEqual({ sessionId: "s9", handle: null, title: "Notes" });
  }
});

test("who names nobody is told of at most three that are called nearly so", async () => {
  await using state = await openHubState();
  const add = (id: string, title: string, own: string | null = null) =>
    state.roster.add({ ...newSessionRow(), id, title, handle: own });
  await add("01990000-aaaa", "Release notes", "@reviewer");
  await add("01990000-bbbb", "Release note", "@review");
  await add("01990001-cccc", "Fix the build");
  await add("01990001-dddd", "");
  const near = (given: string) =>
    nearSessions(state.sessions.names, given).map(({ sessionId }) => sessionId.slice(-4));
  expect(near("@reviwer")).toEqual(["aaaa", "bbbb"]);
  expect(near("reviewer")).toEqual(["aaaa", "bbbb"]);
  expect(near("release NOTES")).toEqual(["aaaa", "bbbb"]);
  expect(near("build")).toEqual(["cccc"]);
  // The beginning of an id, but not of one that is too short to be one.
  expect(near("01990001")).toEqual(["cccc", "dddd"]);
  expect(near("0199000")).toEqual([]);
  expect(near("@build")).toEqual([]);
  expect(near("nothing like it")).toEqual([]);
  for (const id of ["x1", "x2", "x3", "x4"]) await add(id, "Same");
  expect(near("Sane")).toHaveLength(3);
});
