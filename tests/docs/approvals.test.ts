/** What the guide to approvals says of commands and of waiting is what the hub does. */
import { expiryReasons, policy, requestKinds, requestOutcomes } from "@signalbox/contract";
import { expect, test } from "vitest";
import { defaultDeadlines } from "../../packages/hub/src/requests/kind.ts";
import { decide } from "../../packages/hub/src/requests/policy.ts";
import { toSimpleCommand } from "../../packages/hub/src/requests/simple-command.ts";
import { readGuide } from "./guide.ts";

const guide = readGuide("approvals");

test("each command of the guide's table is matched, or is not, as the table says", () => {
  const rows = [
    ...guide.matchAll(/^\| `([^|]+)` +\| (matches|does not match|is not read) +\|/gm),
  ].map(([, command = "", said]) => [command, said]);
  expect(rows.length).toBeGreaterThan(10);
  const rules = policy.parse({
    mode: "rules",
    rules: [{ kind: "command_approval", action: "allow", prefix: ["git", "status"] }],
  });
  const done = rows.map(([command = ""]) => {
    const words = toSimpleCommand(command);
    if (words === undefined) return [command, "is not read"];
    const { action } = decide(rules, { kind: "command_approval", words });
    return [command, action === "allow" ? "matches" : "does not match"];
  });
  expect(done).toEqual(rows);
});

test("each kind waits as long as the guide says", () => {
  const times: Record<string, number> = { "30 min": 30 * 60_000, "1 min": 60_000, "0": 0 };
  const said = [...guide.matchAll(/^\| (.+?) +\| (30 min|1 min|0) +\|/gm)].flatMap(
    ([, kinds = "", time = ""]) =>
      [...kinds.matchAll(/`(\w+)`/g)].map(([, kind = ""]) => [kind, times[time]] as const),
  );
  expect(Object.fromEntries(said)).toEqual(defaultDeadlines);
});

test("every kind of question and every way it can end is in the guide", () => {
  for (const word of [...requestKinds, ...requestOutcomes, ...expiryReasons]) {
    expect(guide).toContain(`\`${word}\``);
  }
});
