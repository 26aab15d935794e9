/** One text of the command line as a value of the input. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CommandField } from "@signalbox/contract";
import type { Shell } from "../shell.ts";
import { wrongUsage } from "./wrong-usage.ts";

/** A field, and what people call its place. */
export interface Place {
  readonly field: CommandField;
  /** `<text>` or `--limit`. */
  readonly name: string;
}

/** Reads values; stdin is there for one of them only. */
export class ValueReader {
  readonly #shell: Shell;
  #stdinTakenBy: string | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** The value of a field, from all the texts given for it. */
  async read(place: Place, texts: readonly string[]): Promise<unknown> {
    if (place.field.isList) return Promise.all(texts.map((text) => this.#one(place, text)));
    return this.#one(place, texts[0] ?? "");
  }

  /** JSON as a text, as `@file` or, for `-`, from stdin. */
  async readJson(name: string, path: string, text: string): Promise<unknown> {
    const json = await this.#readReference(name, path, text);
    try {
      return JSON.parse(json);
    } catch (error) {
      throw wrongUsage(name, `Is not JSON (${(error as Error).message})`, path);
    }
  }

  async #one({ field, name }: Place, text: string): Promise<unknown> {
    const path = field.path.join(".");
    if (field.isNullable && text === "null") return null;
    switch (field.kind) {
      case "text":
        return this.#readText({ field, name }, path, text);
      case "number":
        if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
        throw wrongUsage(name, `${JSON.stringify(text)} is not a number`, path);
      case "boolean":
        if (text === "true" || text === "false") return text === "true";
        throw wrongUsage(name, "Must be true or false", path);
      case "json":
        return this.readJson(name, path, text);
      case "value":
        return isReference(text) ? this.readJson(name, path, text) : jsonOrText(text);
    }
  }

  async #readText({ field, name }: Place, path: string, text: string): Promise<string> {
    const { choices, isSecret } = field;
    if (choices !== undefined) {
      if (choices.includes(text)) return text;
      throw wrongUsage(name, `${JSON.stringify(text)} is none of ${choices.join(", ")}`, path);
    }
    // Editors and echo end a file with a line end that is no part of the secret.
    if (isSecret && isReference(text)) {
      return (await this.#readReference(name, path, text)).replace(/\r?\n$/, "");
    }
    // An empty path is no folder: the hub refuses it.
    if (field.isPath && text !== "") return resolve(this.#shell.cwd, text);
    const isPlace = name.startsWith("<");
    return isPlace && text === "-" ? this.#readReference(name, path, text) : text;
  }

  async #readReference(name: string, path: string, text: string): Promise<string> {
    if (text === "-") {
      if (this.#stdinTakenBy !== undefined) {
        throw wrongUsage(name, `stdin is already read for ${this.#stdinTakenBy}`, path);
      }
      this.#stdinTakenBy = name;
      return this.#shell.readInput();
    }
    if (!text.startsWith("@")) return text;
    try {
      return await readFile(text.slice(1), "utf8");
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? "unknown";
      throw wrongUsage(name, `The file ${text.slice(1)} can't be read (${why})`, path);
    }
  }
}

function isReference(text: string): boolean {
  return text === "-" || text.startsWith("@");
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
