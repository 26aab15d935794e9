/** A session with skills that lives as long as a block of a program. */
import type { SkillSession } from "./remote-skills.ts";
import type { SessionSkills } from "./session-skills.ts";

/** The session, and its end. */
export class SkillLifecycle implements SkillSession, AsyncDisposable {
  readonly sessionId: string;
  readonly created: SkillSession["created"];
  readonly skills: SessionSkills;
  readonly #end: () => Promise<void>;
  #ending: Promise<void> | undefined;

  constructor({ created, skills }: SkillSession, end: () => Promise<void>) {
    this.sessionId = skills.sessionId;
    this.created = created;
    this.skills = skills;
    this.#end = end;
  }

  /** Closes the skills and, unless it is kept, deletes the session. Once, however often it is called. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }
}
