import { expect, test } from "vitest";
import { createFilter } from "./filter.ts";
import { viewNames, viewSources } from "./views.ts";

const ask = (types: string[] | null, legacy: boolean) =>
  createFilter({ threadId: null, types, legacy });

test("without types a reader of version 1 gets every event and no view, an older one every view but notification", () => {
  const one = ask(null, false);
  expect([one.wantsType("anything"), one.wantsViews, one.sources]).toEqual([
    true,
    false,
    undefined,
  ]);
  const legacy = ask(null, true);
  expect(viewNames.filter((view) => !legacy.wantsView(view))).toEqual(["notification"]);
});

test("a view comes when it is named, and what it derives from is read for it", () => {
  const filter = ask(["approval"], false);
  expect(filter.wantsView("approval")).toBe(true);
  expect(filter.wantsView("approval_resolved")).toBe(false);
  expect(filter.wantsType("app_server.request.item.command_execution.request_approval")).toBe(
    false,
  );
  expect(filter.sources).toEqual(expect.arrayContaining([...viewSources("approval")]));
  expect(ask(["approval*"], false).wantsView("approval_resolved")).toBe(true);
});

test("a star alone names no view under version 1, and notification only its whole name does", () => {
  expect(ask(["*"], false).wantsViews).toBe(false);
  expect(ask(["*"], true).wantsView("approval")).toBe(true);
  expect(ask(["*"], true).wantsView("notification")).toBe(false);
  expect(ask(["notif*"], false).wantsView("notification")).toBe(false);
  expect(ask(["notification"], false).wantsView("notification")).toBe(true);
});
