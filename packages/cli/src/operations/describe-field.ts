/** What help says of a place or an option. */
import type { CommandField } from "@signalbox/contract";

/** Of an option. */
export function describeOption(field: CommandField): string {
  return describe(field, [
    ...(field.isList ? ["can be given again"] : []),
    ...(isReadFrom(field) ? ["also @file, or - for stdin"] : []),
    ...(field.isRequired ? ["needed"] : []),
  ]);
}

/** Of a place, which the usage shows as needed or not. */
export function describePlace(field: CommandField): string {
  if (isReadFrom(field)) return describe(field, ["also @file, or - for stdin"]);
  const isText = field.kind === "text" && field.choices === undefined && !field.isList;
  return describe(field, isText && field.path[0] !== "sessionId" ? ["- reads stdin"] : []);
}

function describe(field: CommandField, notes: readonly string[]): string {
  const all = [
    ...(field.choices === undefined ? [] : [`one of ${field.choices.join(", ")}`]),
    ...(field.isNullable ? ["null for none"] : []),
    ...notes,
    ...(field.default === undefined ? [] : [`default: ${JSON.stringify(field.default)}`]),
  ];
  return [field.description, ...(all.length === 0 ? [] : [`(${all.join("; ")})`])]
    .filter((text) => text !== "")
    .join(" ");
}

function isReadFrom({ kind, isSecret }: CommandField): boolean {
  return kind === "json" || kind === "value" || isSecret;
}
