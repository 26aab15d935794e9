/** `signalbox schema`: what an operation takes and gives, as JSON Schema. No hub is asked. */
import { commandsOf, type Operation, operations, SignalboxError } from "@signalbox/contract";
import { z } from "zod";
import { reportFailure } from "../exit.ts";
import { nearWords } from "../near-words.ts";
import type { Shell } from "../shell.ts";

/** Prints the schemas of the operation that is named, or that the command's words reach; resolves with the exit code. */
export function schema(words: readonly string[], shell: Shell): number {
  try {
    const { name, summary, intent, idempotent, input, output, errors } = find(words);
    const schemas = {
      operation: name,
      summary,
      intent,
      idempotent,
      input: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }),
      output: z.toJSONSchema(output, { io: "output", unrepresentable: "any" }),
      errors,
    };
    shell.out(`${JSON.stringify(schemas, null, 2)}\n`);
    return 0;
  } catch (error) {
    return reportFailure(error, { err: shell.err });
  }
}

/** `signalbox schema "queue list"` and `signalbox schema queue list --all` mean the same command. */
function find(words: readonly string[]): Operation {
  const said = words
    .flatMap((word) => word.split(/\s+/))
    .filter((word) => word !== "" && !word.startsWith("-"))
    .join(" ");
  const commands = commandsOf(operations);
  const found =
    commands.find(({ operation }) => operation.name === said) ??
    commands.find((command) => command.words.join(" ") === said);
  if (found !== undefined) return found.operation;
  const known = commands.flatMap((command) => [command.operation.name, command.words.join(" ")]);
  const near = nearWords(said, known);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
  throw new SignalboxError(
    "invalid_request",
    `There is no command or operation ${JSON.stringify(said)}.${hint}`,
    { details: { near } },
  );
}
