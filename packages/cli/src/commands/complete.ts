/** `signalbox complete`: what may follow on a command line, one candidate a line, a tab before what it is. */
import {
  type CommandField,
  commandOf,
  type Command as OperationCommand,
  type OperationName,
  operations,
} from "@signalbox/contract";
import { commandList } from "@signalbox/contract/command-list";
import type { Command } from "commander";
import { commonOptionsWithValue } from "../operations/common-options.ts";
import { connect } from "../operations/hub-client.ts";
import { safeLine } from "../output/safe-text.ts";
import type { Shell } from "../shell.ts";

/** A word that may stand here, and what it is. */
type Candidate = readonly [word: string, what: string];

/** Milliseconds the hub has to say which sessions there are: people wait for it with a finger on a key. */
const hubDeadline = 500;

/** Prints the candidates for the last of the words. Fails in silence: a prompt is no place for errors. */
export async function complete(
  program: Command,
  words: readonly string[],
  shell: Shell,
): Promise<void> {
  const typed = words.at(-1) ?? "";
  const found = await candidates(program, words.slice(0, -1), typed, shell);
  const fitting = found.filter(([word]) => word.startsWith(typed));
  shell.out(fitting.map(([word, what]) => `${word}\t${safeLine(what)}\n`).join(""));
}

async function candidates(
  program: Command,
  before: readonly string[],
  typed: string,
  shell: Shell,
): Promise<readonly Candidate[]> {
  const { command, rest } = commandIn(program, before);
  const entry = commandList.find(({ words }) => words.join(" ") === pathOf(command));
  if (entry === undefined) {
    return typed.startsWith("-") ? optionsOf(command) : subcommandsOf(command);
  }
  const operation = commandOf(operations[entry.operation as OperationName]);
  const option = operation.options.find(({ flag }) => flag === rest.at(-1));
  if (option !== undefined && option.kind !== "boolean") return valuesOf(option, shell);
  if (typed.startsWith("-")) return flagsOf(operation);
  const place = operation.positionals[countPlaces(operation, rest)];
  return place === undefined ? [] : valuesOf(place, shell);
}

/** How many places the words fill: all that are neither options nor the values of some. */
function countPlaces({ options }: OperationCommand, words: readonly string[]): number {
  const own = options.filter(({ kind }) => kind !== "boolean").map(({ flag }) => flag);
  const withValue = new Set([...own, ...commonOptionsWithValue]);
  return words.filter((word, at) => !word.startsWith("-") && !withValue.has(words[at - 1] ?? ""))
    .length;
}

/** The command the words before reach, and those that follow it. */
function commandIn(program: Command, words: readonly string[]) {
  let command = program;
  for (const [at, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return { command, rest: words.slice(at) };
    command = next;
  }
  return { command, rest: [] as readonly string[] };
}

function pathOf(command: Command): string {
  return command.parent === null ? "" : `${pathOf(command.parent)} ${command.name()}`.trim();
}

function subcommandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => [one.name(), one.description()]);
}

function optionsOf(command: Command): readonly Candidate[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, description }) => [long ?? "", description]);
}

function flagsOf({ options, modeFlags }: OperationCommand): readonly Candidate[] {
  return [
    ...options.map(({ flag, description }): Candidate => [flag, description]),
    ...modeFlags.map(({ flag, field, value }): Candidate => [flag, `${field} ${value}`]),
    ["--json", "print JSON"],
    ["--help", "what it takes"],
  ];
}

async function valuesOf(field: CommandField, shell: Shell): Promise<readonly Candidate[]> {
  if (field.choices !== undefined) return field.choices.map((choice) => [choice, ""]);
  try {
    return await askHub(field.path[0] ?? "", shell);
  } catch {
    return [];
  }
}

/** What the hub knows that can stand for a field. */
async function askHub(field: string, shell: Shell): Promise<readonly Candidate[]> {
  await using box = connect({}, shell, hubDeadline);
  if (field === "sessionId") {
    const { data } = await box.sessions.list({ limit: 100 });
    return data.map(({ handle, sessionId, title }) => [handle ?? sessionId, title]);
  }
  if (field === "requestId" || field === "approvalId") {
    const { data } = await box.requests.list({ state: "pending" });
    const answerable = data.filter(({ authority }) => authority === "owned");
    return answerable.map(({ requestId, summary }) => [requestId, summary]);
  }
  if (field === "projectId") {
    const { data } = await box.projects.list();
    return data.map(({ projectId, name }) => [projectId, name]);
  }
  return [];
}
