/** The skills a program offers to one session, by name. */
import { dynamicTool, type InputOf, type Operations, SignalboxError } from "@signalbox/contract";
import { type HandlerMode, type ResultIn, refuseAwaitable } from "../handlers/handler-mode.ts";
import {
  type CompiledSchema,
  compileSchema,
  describeOutput,
  type SkillInput,
  type SkillSchema,
} from "./schema.ts";

/** A tool as Codex is told of it. */
export type DynamicTool = NonNullable<
  InputOf<Operations["sessions.create"]>["dynamicTools"]
>[number];

/** What a skill is. */
export interface SkillDefinition<Schema extends SkillSchema = SkillSchema> {
  /** The name the model calls it by: letters, digits, `_` and `-`, 128 at most. */
  readonly name: string;
  /** What it does, for the model. Default: the input schema's description, else `Remote skill NAME`. */
  readonly description?: string;
  /** A schema of zod 4 or another library with Standard JSON Schema, or a plain JSON Schema. */
  readonly input: Schema;
  /** What it gives back. Codex has no place for it: it is told in `instructionText` only. */
  readonly output?: SkillSchema;
  /** The same in words. Default: the output schema's description. */
  readonly outputDescription?: string;
  /** Milliseconds the handler may take. Default: the client's `skillDeadline`. */
  readonly deadline?: number;
}

/** What a skill's handler is told beside its input. */
export interface SkillContext {
  /**
   * Fires when the result is no longer wanted: at the skill's deadline, when the hub ends the call
   * (its own deadline, the turn's end or interrupt, the session's end), and when the skills close.
   */
  readonly signal: AbortSignal;
  readonly tool: string;
  readonly sessionId: string;
  readonly turnId: string | null;
  /** The hub's id of this call, unique for ever. */
  readonly requestId: string;
  /** Codex's id of this call within its turn. */
  readonly callId: string | null;
}

/**
 * Does the work; gives a text, a JSON value or a `SkillResult`. Sync or async, unless the client was
 * made with `handlers: "sync"`.
 */
export type SkillHandler<Input, Mode extends HandlerMode = "async"> = (
  input: Input,
  context: SkillContext,
) => ResultIn<Mode>;

/** A skill ready to run. */
export interface Skill {
  readonly tool: DynamicTool;
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
  readonly outputDescription: string | null;
  readonly validate: CompiledSchema["validate"];
  readonly handler: SkillHandler<never>;
  readonly deadline: number | undefined;
}

/** Skills of one session, at most: as many tools as the hub takes. */
export const maxSkills = 128;

/** Where `register` puts its skills. Closed once the session is created: Codex fixes them then. */
export class SkillCatalog<Mode extends HandlerMode = "async"> {
  readonly #mode: HandlerMode;
  readonly #skills = new Map<string, Skill>();
  #isClosed = false;

  /** `mode` is the client's: whether handlers may be async. Default `async`. */
  constructor(mode: HandlerMode = "async") {
    this.#mode = mode;
  }

  /**
   * Offers a skill. Throws `invalid_request` for a bad or taken name, a schema that can't be used,
   * a deadline that is none and the 129th skill; `catalog_fixed` once the session is there.
   */
  skill<Schema extends SkillSchema>(
    definition: SkillDefinition<Schema>,
    handler: SkillHandler<SkillInput<Schema>, Mode>,
  ): void {
    const name = definition.name.trim();
    this.#refuseWhenClosed(`Skill ${name}`);
    if (this.#skills.has(name)) throw invalid(`There is a skill ${name} already.`);
    if (this.#skills.size >= maxSkills) {
      throw invalid(`Skill ${name} is one too many: a session takes ${maxSkills}.`);
    }
    const { deadline } = definition;
    if (deadline !== undefined && !(deadline > 0)) {
      throw invalid(`Skill ${name}: deadline must be milliseconds above 0, not ${deadline}.`);
    }
    const { jsonSchema, validate } = compileSchema(name, definition.input);
    const outputSchema = describeOutput(name, definition.output);
    const description = firstText(definition.description, jsonSchema.description);
    const tool = dynamicTool.safeParse({
      name,
      description: description ?? `Remote skill ${name}`,
      inputSchema: jsonSchema,
    });
    if (!tool.success) {
      const issue = tool.error.issues[0];
      throw invalid(`Skill ${name}: ${issue?.path.join(".")}: ${issue?.message}`);
    }
    // The catalog gives a handler only what its own schema has validated.
    const run = handler as SkillHandler<never>;
    this.#skills.set(name, {
      tool: tool.data,
      outputSchema,
      outputDescription: firstText(definition.outputDescription, outputSchema?.description),
      validate,
      handler: this.#mode === "sync" ? refusingPromises(name, run) : run,
      deadline,
    });
  }

  /** Takes a skill back. False when there is none of this name. Throws `catalog_fixed`. */
  unregister(name: string): boolean {
    this.#refuseWhenClosed(`Taking back skill ${name}`);
    return this.#skills.delete(name);
  }

  /** No more skills from now on. */
  close(): void {
    this.#isClosed = true;
  }

  get(name: string): Skill | undefined {
    return this.#skills.get(name);
  }

  /** The skills by name. */
  list(): Skill[] {
    return [...this.#skills.values()].sort((one, other) =>
      one.tool.name < other.tool.name ? -1 : 1,
    );
  }

  /** The tools as Codex is told of them, by name. */
  dynamicTools(): DynamicTool[] {
    return this.list().map((skill) => skill.tool);
  }

  #refuseWhenClosed(what: string): void {
    if (!this.#isClosed) return;
    throw new SignalboxError(
      "catalog_fixed",
      `${what} comes too late: a session's skills are fixed when it is created.`,
    );
  }
}

function refusingPromises<Input>(name: string, handler: SkillHandler<Input>): SkillHandler<Input> {
  return (input, context) => refuseAwaitable(handler(input, context), `skill ${name}`);
}

function firstText(...texts: unknown[]): string | null {
  const found = texts.find((text) => typeof text === "string" && text.trim() !== "");
  return (found as string | undefined) ?? null;
}

function invalid(message: string): SignalboxError {
  return new SignalboxError("invalid_request", message);
}
