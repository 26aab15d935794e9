/**
 * What a tool is described with. Codex (0.169.0) leaves the descriptions of fields out of a schema of
 * more than some 5,000 bytes, so which operation takes what stands here.
 */
import type { Intent, Operation } from "../operation/define-operation.ts";
import type { FieldsOf } from "./merge-fields.ts";

/** What a description is made of. */
export interface Described {
  readonly about: string;
  readonly intent: Intent;
  readonly group: readonly Operation[];
  /** What each of the group takes, in its order. */
  readonly inputs: readonly FieldsOf[];
}

const deeds: Readonly<Record<Intent, string>> = {
  read: "Look, change nothing",
  write: "Change something",
  destroy: "Take something away",
};

/** A line on the whole, one for each operation with its fields, and an example. */
export function toDescription({ about, intent, group, inputs }: Described): string {
  const example = exampleOf(group);
  return [
    `${about[0]!.toUpperCase()}${about.slice(1)}. ${deeds[intent]}. op, with its fields (? may be left out):`,
    ...group.map(
      ({ name, summary }, index) => `- ${name}(${signatureOf(inputs[index]!)}): ${summary}`,
    ),
    ...(example === undefined ? [] : [`Example: ${example}`]),
  ].join("\n");
}

function signatureOf({ properties, required }: FieldsOf): string {
  const needed = Object.keys(properties).filter((name) => required.includes(name));
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  return [...needed, ...others.map((name) => `${name}?`)].join(", ");
}

/** The longest input of an example that is short all the same: it shows most. */
function exampleOf(group: readonly Operation[]): string | undefined {
  const inputs = group.flatMap(({ name, examples }) =>
    examples
      .filter((example) => "output" in example)
      .map(({ input }) => JSON.stringify({ op: name, ...(input as object) })),
  );
  return inputs
    .filter(({ length }) => length <= 160)
    .sort((one, other) => other.length - one.length)[0];
}
