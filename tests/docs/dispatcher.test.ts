/** The table of a dispatcher's operations is the contract's: every name in it, its command and its tool. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operations, toolsOf } from "@signalbox/contract";
import { commandList } from "@signalbox/contract/command-list";
import { expect, test } from "vitest";

const document = readFileSync(join(import.meta.dirname, "../../docs/dispatcher.md"), "utf8");
const rows = document
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7)
  .map(([, there = "", ...cells]) => ({ there, cells: cells.slice(0, 3).map(codesIn) }));
const tools = toolsOf(operations);

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

test("all of its 25 operations are there", () => {
  const [first = ""] = document.split("## What came to it later");
  const names = rows.map(({ there }) => there).filter((name) => first.includes(`| ${name} `));
  expect(names.filter((name) => /^[a-z][a-z-]*$/.test(name))).toHaveLength(25);
});

test.each(rows.filter(({ cells: [names = []] }) => names.length > 0))(
  "what there was as $there is an operation here, with the command and the tool it gives",
  ({ cells: [names, commands, toolNames] }) => {
    expect(names?.filter((name) => !Object.hasOwn(operations, name))).toEqual([]);
    const commandOf = (name: string) =>
      commandList.find(({ operation }) => operation === name)?.words.join(" ");
    const toolOf = (name: string) =>
      tools.find((tool) => tool.operations.some((operation) => operation.name === name))?.name;
    expect(commands).toEqual(names?.map(commandOf));
    expect(toolNames).toEqual(names?.map(toolOf));
  },
);
