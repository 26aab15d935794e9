/** The skills a program offers to one session, by name. */
import { dynamicTool, type InputOf, type Operations, SignalboxError } from "@signalbox/contract";
import { type CompiledSchema, compileSchema, type SkillInput, type SkillSchema } from "./schema.ts";

/** A tool as Codex is told of it. */
export type DynamicTool = NonNullable<
  InputOf<Operations["sessions.create"]>["dynamicTools"]
>[number];

/** What a skill is. */
export interface SkillDefinition<Schema extends SkillSchema = SkillSchema> {
  /** The name the model calls it by: letters, digits, `_` and `-`. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** A schema of zod 4 or another library with Standard JSON Schema, or a plain JSON Schema. */
  readonly input: Schema;
  /** Milliseconds the handler may take. Default: the client's `skillDeadline`. */
  readonly deadline?: number;
}

/** What a skill's handler is told beside its input. */
export interface SkillContext {
  /** Fires when the skill's deadline has passed. */
  readonly signal: AbortSignal;
  readonly tool: string;
  readonly sessionId: string;
  readonly turnId: string | null;
  /** The hub's id of this call, unique for ever. */
  readonly requestId: string;
}

/** Does the work: sync or async; gives a text, a JSON value or a `SkillResult`. */
export type SkillHandler<Input> = (input: Input, context: SkillContext) => unknown;

/** A skill ready to run. */
export interface Skill {
  readonly tool: DynamicTool;
  readonly validate: CompiledSchema["validate"];
  readonly handler: SkillHandler<never>;
  readonly deadline: number | undefined;
}

/** Where `register` puts its skills. Closed once the session is created: Codex fixes them then. */
export class SkillCatalog {
  readonly #skills = new Map<string, Skill>();
  #isClosed = false;

  /**
   * Offers a skill. Throws `invalid_request` for a bad name, an empty description, a name taken or
   * a schema that can't be used, and `catalog_fixed` once the session is there.
   */
  skill<Schema extends SkillSchema>(
    definition: SkillDefinition<Schema>,
    handler: SkillHandler<SkillInput<Schema>>,
  ): void {
    const { name } = definition;
    if (this.#isClosed) {
      throw new SignalboxError(
        "catalog_fixed",
        `Skill ${name} comes too late: a session's skills are fixed when it is created.`,
      );
    }
    if (this.#skills.has(name)) {
      throw new SignalboxError("invalid_request", `There is a skill ${name} already.`);
    }
    const schema = compileSchema(name, definition.input);
    const tool = dynamicTool.safeParse({
      name,
      description: definition.description,
      inputSchema: schema.jsonSchema,
    });
    if (!tool.success) {
      const issue = tool.error.issues[0];
      throw new SignalboxError(
        "invalid_request",
        `Skill ${name}: ${issue?.path.join(".")}: ${issue?.message}`,
      );
    }
    this.#skills.set(name, {
      tool: tool.data,
      validate: schema.validate,
      handler,
      deadline: definition.deadline,
    });
  }

  /** No more skills from now on. */
  close(): void {
    this.#isClosed = true;
  }

  get(name: string): Skill | undefined {
    return this.#skills.get(name);
  }

  /** The tools as Codex is told of them, by name. */
  dynamicTools(): DynamicTool[] {
    return [...this.#skills.values()]
      .map((skill) => skill.tool)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}
