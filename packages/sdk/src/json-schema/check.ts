/** What the checks of all keywords have in common. */

/** One thing wrong with a value. */
export interface SchemaIssue {
  /** Names and positions from the value down to what is wrong. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Tells what is wrong with a value; nothing when it fits. */
export type Check = (value: unknown, path: SchemaIssue["path"]) => SchemaIssue[];

/**
 * Makes the check of a keyword from what it was given and the schema around it; undefined when it
 * asks for nothing. `compile` makes the check of a schema inside it.
 */
export type Keyword = (
  given: unknown,
  schema: Readonly<Record<string, unknown>>,
  compile: (schema: unknown) => Check,
) => Check | undefined;

/** A schema that can't be checked against. The message names the keyword. */
export class UnusableSchema extends Error {
  override readonly name = "UnusableSchema";
}
