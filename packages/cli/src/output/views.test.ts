import { type Operation, type OperationName, operations } from "@signalbox/contract";
import { expect, test } from "vitest";
import { views } from "./views.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An output that the operation's examples show. */
function outputOf(name: OperationName): Fields {
  const { examples } = operations[name] as Operation;
  return examples.flatMap((example) => ("output" in example ? [example.output as Fields] : []))[0]!;
}

test.each(Object.entries(views))("%s is shown by fields that it has", (name, view) => {
  const output = outputOf(name as OperationName);
  for (const field of [view.pick ?? [], view.notes ?? []].flat())
    expect(output).toHaveProperty(field);
  const [entry] = (output.data ?? []) as readonly Fields[];
  if (entry === undefined) return;
  for (const column of view.columns ?? []) expect(Object.keys(entry)).toContain(column);
});
