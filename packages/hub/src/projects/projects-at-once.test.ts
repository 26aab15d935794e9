/** What is done to projects before any of it has been stored. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { newSessionRow, openHubState } from "../../fixtures/hub-state.ts";

test("whatever is done at once, names stay unique and no session has a project that is gone", async () => {
  const step = fc.record({
    what: fc.constantFrom("create", "rename", "delete", "assign"),
    which: fc.integer({ min: 0, max: 2 }),
    name: fc.constantFrom("a", "A", "b"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { size: "max", maxLength: 25 }), async (steps) => {
      await using state = await openHubState();
      const { projects, roster } = state;
      const row = newSessionRow();
      await roster.add(row);
      const ids: string[] = [];
      for (const name of ["x", "y", "z"]) {
        ids.push((await projects.create({ name })).project.projectId);
      }
      const done = await Promise.allSettled(
        steps.map(({ what, which, name }) => {
          const projectId = ids[which]!;
          if (what === "create") return projects.create({ name });
          if (what === "rename") return projects.rename({ projectId, name });
          if (what === "delete") return projects.delete({ projectId });
          return projects.assign({ sessionId: row.id, projectId });
        }),
      );
      const codes = ["duplicate_name", "project_not_found", "project_not_empty"];
      for (const end of done) {
        if (end.status === "rejected") expect(codes).toContain(end.reason.code);
      }
      const { data } = projects.list();
      const names = data.map(({ name }) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      const { projectId } = roster.find(row.id);
      if (projectId !== null) expect(data.map((one) => one.projectId)).toContain(projectId);
    }),
    { numRuns: 60 },
  );
});
