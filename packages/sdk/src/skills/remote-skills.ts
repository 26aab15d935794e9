/** Remote skills: tools that run in this process, offered to a session. */
import { type InputOf, type Operations, type OutputOf, SignalboxError } from "@signalbox/contract";
import type { CallOptions } from "../call/call.ts";
import type { Methods } from "../call/methods.ts";
import { SkillCatalog } from "./catalog.ts";
import { SessionSkills } from "./session-skills.ts";

/** What `createSession` takes: the session's own fields, and the skills. */
export interface SkillSessionOptions
  extends Omit<InputOf<Operations["sessions.create"]>, "dynamicTools"> {
  /** Called once, before the session is made, to fill in its skills. */
  readonly register: (skills: SkillCatalog) => void | Promise<void>;
}

/** A session made with skills. */
export interface SkillSession {
  /** The hub's answer to `sessions.create`. */
  readonly created: OutputOf<Operations["sessions.create"]>;
  /** Its skills, bound to it. */
  readonly skills: SessionSkills;
}

/** Makes sessions with skills. */
export class RemoteSkills {
  readonly #methods: Methods;
  readonly #deadline: number;

  constructor(options: { readonly methods: Methods; readonly deadline: number }) {
    this.#methods = options.methods;
    this.#deadline = options.deadline;
  }

  /**
   * Makes a session whose agent can call the skills that `register` puts down. Calls arrive as
   * `app_server.request.item.tool.call`: pass them to `skills.respondToSignal`. Rejects with what
   * `register` throws, `invalid_request` without a skill, and the errors of `sessions.create`.
   */
  async createSession(
    options: SkillSessionOptions,
    callOptions: CallOptions = {},
  ): Promise<SkillSession> {
    const { register, ...session } = options;
    const catalog = new SkillCatalog();
    await register(catalog);
    catalog.close();
    const dynamicTools = catalog.dynamicTools();
    if (dynamicTools.length === 0) {
      throw new SignalboxError("invalid_request", "register put down no skill.");
    }
    const created = await this.#methods.sessions.create({ ...session, dynamicTools }, callOptions);
    const skills = new SessionSkills({
      sessionId: created.session.sessionId,
      catalog,
      deadline: this.#deadline,
      respond: (requestId, { success, contentItems }) =>
        this.#methods.toolCalls.respond({ requestId, success, contentItems }),
    });
    return { created, skills };
  }
}
