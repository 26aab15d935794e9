/** Schemas as an OpenAPI 3.1 document has them: JSON Schema 2020-12, what is shared under `components`. */
import { z } from "zod";

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Turns zod schemas into JSON Schema and collects what they share. */
export class Schemas {
  readonly #shared = new Map<string, JsonSchema>();

  /** What was shared so far, by name: for `components.schemas`. */
  get shared(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#shared);
  }

  /** What a caller sends (`input`: defaults may be left out) or gets (`output`). */
  of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    for (const [name, definition] of Object.entries($defs ?? {})) {
      const { id: _id, ...rest } = definition;
      this.#share(name, pointAtComponents(rest));
    }
    return pointAtComponents(own);
  }

  /** A schema under a name of its own; gives the reference to it. */
  named(name: string, schema: z.ZodType): JsonSchema {
    this.#share(name, this.of(schema, "output"));
    return { $ref: `#/components/schemas/${name}` };
  }

  #share(name: string, schema: JsonSchema): void {
    const there = this.#shared.get(name);
    if (there !== undefined && JSON.stringify(there) !== JSON.stringify(schema)) {
      throw new TypeError(
        `Two schemas are called ${name}: give what refers to itself a name with meta({ id })`,
      );
    }
    this.#shared.set(name, schema);
  }
}

/** References within one schema become references within the document. */
function pointAtComponents(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "$ref" && typeof value === "string"
      ? value.replace(/^#\/\$defs\//, "#/components/schemas/")
      : value,
  ) as JsonSchema;
}
