/** Remote skills: tools that run in this process, offered to sessions. */
import {
  type InputOf,
  isSignalboxError,
  type Operations,
  type OutputOf,
  SignalboxError,
} from "@signalbox/contract";
import type { CallOptions } from "../call/call.ts";
import type { Methods } from "../call/methods.ts";
import type { HandlerMode } from "../handlers/handler-mode.ts";
import { randomId } from "../random-id.ts";
import type { Stream } from "../stream/stream.ts";
import { compareCatalogs, refuseDifference } from "./binding.ts";
import { SkillCatalog } from "./catalog.ts";
import { SessionSkills } from "./session-skills.ts";
import { SkillLifecycle } from "./skill-lifecycle.ts";

/** Called once to fill in the skills of a session. */
export type RegisterSkills<Mode extends HandlerMode = "async"> = (
  skills: SkillCatalog<Mode>,
) => void | Promise<void>;

/** What `createSession` takes: the session's own fields, and the skills. */
export interface SkillSessionOptions<Mode extends HandlerMode = "async">
  extends Omit<InputOf<Operations["sessions.create"]>, "dynamicTools"> {
  /** Called before the session is made. */
  readonly register: RegisterSkills<Mode>;
}

/** What `lifecycle` takes. */
export interface SkillLifecycleOptions<Mode extends HandlerMode = "async">
  extends SkillSessionOptions<Mode> {
  /** Leaves the session there at the end. Default false: it is deleted. */
  readonly keepSession?: boolean;
}

/** What `bind` takes. */
export interface BindOptions<Mode extends HandlerMode = "async"> {
  readonly register: RegisterSkills<Mode>;
  /** Leaves tools without a skill here to other processes. Default false: each must have one. */
  readonly partial?: boolean;
}

/** A session made with skills. */
export interface SkillSession {
  /** The hub's answer to `sessions.create`. */
  readonly created: OutputOf<Operations["sessions.create"]>;
  /** Its skills, bound to it. */
  readonly skills: SessionSkills;
}

/** What `closeSession` takes. */
export interface CloseSessionOptions {
  /** Deletes the session at the hub too, for good. Default false. */
  readonly deleteSession?: boolean;
}

/** What remote skills are made of. */
export interface RemoteSkillsOptions {
  readonly methods: Methods;
  /** A stream whose connections are the SDK's own business. */
  readonly stream: Stream;
  /** Milliseconds a handler may take, where its skill does not say. */
  readonly deadline: number;
  readonly mode: HandlerMode | undefined;
}

/** Makes sessions with skills, and offers skills to sessions there are. */
export class RemoteSkills<Mode extends HandlerMode = "async"> {
  readonly #options: RemoteSkillsOptions;
  /** Unlike any other process's and client's, so that what this one claimed nobody else runs. */
  readonly #claimant = `sdk-${randomId()}`;
  readonly #sessions = new Map<string, SessionSkills>();

  constructor(options: RemoteSkillsOptions) {
    this.#options = options;
  }

  /**
   * The skills of a session in this client: those it was created or bound with. For any other
   * session they are none, until `bind`.
   */
  session(sessionId: string): SessionSkills {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const { methods, stream, deadline } = this.#options;
    const catalog = new SkillCatalog();
    catalog.close();
    const claimant = this.#claimant;
    const skills = new SessionSkills({ sessionId, catalog, methods, stream, claimant, deadline });
    this.#sessions.set(sessionId, skills);
    return skills;
  }

  /**
   * Makes a session whose agent can call the skills that `register` puts down. Calls arrive as
   * `app_server.request.item.tool.call`: pass them to `skills.respondToSignal`, or let
   * `skills.serve()` see to them. Rejects with what `register` throws, `invalid_request` without a
   * skill, and the errors of `sessions.create`.
   */
  async createSession(
    options: SkillSessionOptions<Mode>,
    callOptions: CallOptions = {},
  ): Promise<SkillSession> {
    const { register, ...session } = options;
    const catalog = await this.#fill(register);
    const dynamicTools = catalog.dynamicTools();
    if (dynamicTools.length === 0) {
      throw new SignalboxError("invalid_request", "register put down no skill.");
    }
    const { methods } = this.#options;
    const created = await methods.sessions.create({ ...session, dynamicTools }, callOptions);
    const skills = this.session(created.session.sessionId);
    skills.rebind(catalog);
    return { created, skills };
  }

  /**
   * Offers skills, by name, to a session that was made before: what a program does that was started
   * again. The session is named by its id, `@handle` or exact title. Binding again replaces the
   * handlers. Rejects with `catalog_mismatch`, whose details name the `unbound`, `unknown` and
   * `changed` skills, with what `register` throws, and with `session_not_found` or
   * `ambiguous_selector`.
   */
  async bind(given: string, options: BindOptions<Mode>): Promise<SessionSkills> {
    const catalog = await this.#fill(options.register);
    const { sessionId, dynamicTools } = await this.#options.methods.sessions.tools.get({
      sessionId: given,
    });
    const difference = compareCatalogs(dynamicTools, catalog.dynamicTools());
    refuseDifference(sessionId, difference, options.partial ?? false);
    const skills = this.session(sessionId);
    skills.rebind(catalog);
    return skills;
  }

  /**
   * A session with skills for as long as a block runs:
   * `await using life = await box.remoteSkills.lifecycle({register})`. At its end the skills are
   * closed and the session is deleted, unless `keepSession`. Rejects like `createSession`.
   */
  async lifecycle(
    options: SkillLifecycleOptions<Mode>,
    callOptions: CallOptions = {},
  ): Promise<SkillLifecycle> {
    const { keepSession = false, ...session } = options;
    const made = await this.createSession(session, callOptions);
    return new SkillLifecycle(made, () =>
      this.closeSession(made.skills.sessionId, { deleteSession: !keepSession }),
    );
  }

  /**
   * Closes a session's skills: handlers that run are aborted, their calls answered as failed. Then
   * deletes the session where asked to; one that is not there any more counts as deleted. Rejects
   * like `sessions.delete`.
   */
  async closeSession(sessionId: string, options: CloseSessionOptions = {}): Promise<void> {
    const skills = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    await skills?.close();
    if (!options.deleteSession) return;
    await this.#options.methods.sessions.delete({ sessionId }).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /** Closes the skills of every session. The sessions stay. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((sessionId) => this.closeSession(sessionId)));
  }

  async #fill(register: RegisterSkills<Mode>): Promise<SkillCatalog> {
    const catalog = new SkillCatalog<Mode>(this.#options.mode);
    await register(catalog);
    catalog.close();
    return catalog as SkillCatalog;
  }
}

function isGone(error: unknown): boolean {
  return isSignalboxError(error) && ["session_not_found", "session_deleted"].includes(error.code);
}
