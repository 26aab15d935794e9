/** What the command line says of an operation: the words that reach it, and how its input is written. */
import type { Intent, Operation } from "../operation/define-operation.ts";

/**
 * How one text of the command line becomes a value.
 *
 * - `text`: as it is. - `number`, `boolean`: as such.
 * - `json`: JSON, `@file` or `-` (stdin) with JSON in it.
 * - `value`: the same, and what is not JSON is a text.
 */
export type ValueKind = "text" | "number" | "boolean" | "json" | "value";

/** One place of the input that a text of the command line can fill. */
export interface CommandField {
  /** Steps from the input to it: one, or two for a field of an object. */
  readonly path: readonly string[];
  readonly kind: ValueKind;
  /** The only values it can have; undefined for any. */
  readonly choices: readonly string[] | undefined;
  /** Whether it is a list: each text given is one entry. */
  readonly isList: boolean;
  /** Whether the word `null` stands for null. */
  readonly isNullable: boolean;
  /** Whether the input needs it. */
  readonly isRequired: boolean;
  /** Whether it is a credential, which may also come as `@file` or `-` (stdin). */
  readonly isSecret: boolean;
  /** Whether it names a place in the file system: relative to where the command is run. */
  readonly isPath: boolean;
  /** What the operation takes in its place when it is left out. */
  readonly default: unknown;
  readonly description: string;
}

/** A field given by its place. */
export interface Positional extends CommandField {
  /** As help shows it, in kebab-case. */
  readonly name: string;
}

/** A field given by its name. */
export interface CommandOption extends CommandField {
  /** With its dashes: `--approval-policy`, or of a field of an object `--answer.decision`. */
  readonly flag: string;
}

/** A flag that stands for one value of a field: `--queue` for mode queue. */
export interface ModeFlag {
  readonly flag: string;
  readonly field: string;
  readonly value: string;
}

/** An operation as a command. */
export interface Command {
  readonly operation: Operation;
  /** What follows `signalbox`: one or two words. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly intent: Intent;
  /** In order; those that may be left out are last. */
  readonly positionals: readonly Positional[];
  readonly options: readonly CommandOption[];
  readonly modeFlags: readonly ModeFlag[];
  /** The field that says where the command is run, if nothing else is said for it. */
  readonly standsIn: string | undefined;
  /** Of a list that comes in pages: how many entries one holds at most. */
  readonly pageSize: number | undefined;
}

/** Options that every command has, so that no field can be called by them. */
export const commonFlags = [
  "--input",
  "--json",
  "--yes",
  "--all",
  "--actor",
  "--idempotency-key",
  "--url",
  "--token-file",
  "--profile",
  "--home",
  "--help",
] as const;
