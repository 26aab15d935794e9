/** The worlds that examples ask for, on a hub with the real codex, and the ids that are real there. */
import {
  type ExampleWorld,
  exampleIds,
  type HubEventPayload,
  type InputOf,
  operations,
} from "@signalbox/contract";
import { execCommand, functionCall, gate, requestUserInput, text } from "@signalbox/testing";
import {
  call,
  createHubWorld,
  type HubAddress,
  type HubWorld,
  StreamClient,
} from "../../packages/hub/fixtures/hub-world.ts";
import { startLoggedInHub } from "../../packages/hub/fixtures/logged-in-hub.ts";
import type { ScriptedHub } from "../../packages/hub/fixtures/scripted-hub.ts";
import { speakElsewhere } from "../../packages/hub/fixtures/thread-elsewhere.ts";

/** Real ids in place of those of the examples. */
export type Ids = Partial<Record<keyof typeof exampleIds, string>>;

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

/** Makes worlds, each as new as its example needs it. */
export class ExampleWorlds implements AsyncDisposable {
  readonly #real: HubWorld;
  readonly #loggedIn: ScriptedHub;
  /** So that every world has a handle of its own to give. */
  #made = 0;

  private constructor(real: HubWorld, loggedIn: ScriptedHub) {
    this.#real = real;
    this.#loggedIn = loggedIn;
  }

  static async start(): Promise<ExampleWorlds> {
    const real = await createHubWorld({
      codex: { features: { default_mode_request_user_input: true } },
    });
    real.model.respond(() => text("It is a test."));
    return new ExampleWorlds(real, await startLoggedInHub());
  }

  /** Makes what must be there; gives the hub it is on and its ids. */
  async make(given: ExampleWorld): Promise<{ readonly hub: HubAddress; readonly ids: Ids }> {
    const { hub } = given === "logged_in" ? this.#loggedIn : this.#real;
    this.#made += 1;
    return { hub, ids: { handle: `@reviewer-${this.#made}`, ...(await this.#worlds[given]()) } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#real[Symbol.asyncDispose](), this.#loggedIn[Symbol.asyncDispose]()]);
  }

  readonly #worlds: Record<ExampleWorld, () => Promise<Ids>> = {
    nothing: async () => ({}),
    logged_in: async () => ({}),
    session: () => this.#session(),
    project: async () => {
      const { data } = await call(this.#real.hub, operations["projects.list"], {});
      const found = data.find(({ name }) => name === exampleIds.projectName);
      if (found !== undefined) return { projectId: found.projectId };
      const { project } = await call(this.#real.hub, operations["projects.create"], {
        name: exampleIds.projectName,
      });
      return { projectId: project.projectId };
    },
    spoken_session: () => this.#spokenSession(),
    archived_session: async () => {
      const { sessionId } = await this.#spokenSession();
      await call(this.#real.hub, operations["sessions.archive"], { sessionId });
      return { sessionId };
    },
    deleted_session: async () => {
      const { sessionId } = await this.#spokenSession();
      await call(this.#real.hub, operations["sessions.delete"], { sessionId });
      return { sessionId };
    },
    attached_session: async () => {
      const threadId = await speakElsewhere(this.#real.codex, "What does this project do?");
      await call(this.#real.hub, operations["sessions.attach"], { threadId });
      return { sessionId: threadId };
    },
    unkept_thread: async () => ({
      threadId: await speakElsewhere(this.#real.codex, "What does this project do?"),
    }),
    running_turn: () => this.#runningTurn(),
    queued_message: async () => {
      const ids = await this.#runningTurn();
      const { messageId } = await call(this.#real.hub, operations["sessions.send"], {
        sessionId: ids.sessionId,
        text: "Then write the tests",
        mode: "queue",
      });
      return { ...ids, messageId };
    },
    pending_approval: async () => {
      const { sessionId } = await this.#session();
      const command = execCommand({ cmd: "true", escalate: true });
      this.#real.model.when(sessionId).turn(command, text("Done."));
      return { sessionId, approvalId: await this.#requestOf(sessionId) };
    },
    pending_tool_call: () => this.#pendingToolCall(),
    pending_tool_input: async () => {
      const { sessionId } = await this.#session();
      const option = (label: string) => ({ label, description: label });
      const question = {
        id: "colour",
        header: "Colour",
        question: "Which colour?",
        options: [option("Red"), option("Blue")],
      };
      this.#real.model.when(sessionId).turn(requestUserInput([question]), text("Done."));
      return { sessionId, requestId: await this.#requestOf(sessionId) };
    },
    claimed_tool_call: async () => {
      const ids = await this.#pendingToolCall();
      const { claimId } = await call(this.#real.hub, operations["tool_calls.claim"], {
        requestId: ids.requestId,
        claimant: "worker-1",
      });
      return { ...ids, claimId };
    },
    trigger: () =>
      this.#trigger({ type: "cron", expression: "0 8 * * MON-FRI", timeZone: "Europe/Berlin" }),
    webhook: () => this.#trigger({ type: "webhook" }),
    subscription: () => this.#subscription(),
    notice: async () => {
      const { sessionId, triggerId } = await this.#subscription();
      using stream = await StreamClient.open(this.#real.hub, { types: "inbox.noticed" });
      await this.#say(sessionId);
      const { payload } = await stream.event<HubEventPayload<"inbox.noticed">>(
        "inbox.noticed",
        ({ payload: { notice } }) => notice.about.sessionId === sessionId,
      );
      return { sessionId, triggerId, noticeId: payload.notice.noticeId };
    },
  };

  async #session(): Promise<{ sessionId: string }> {
    const { session } = await call(this.#real.hub, operations["sessions.create"], {
      dynamicTools: [tool],
    });
    return { sessionId: session.sessionId };
  }

  /** A session with a turn that does not end by itself. */
  async #runningTurn(): Promise<{ sessionId: string; turnId: string }> {
    const { model } = this.#real;
    const { sessionId } = await this.#session();
    model.when(sessionId).turn(text(["One moment", gate(`hold ${sessionId}`)]));
    const { turnId } = await this.#say(sessionId);
    await model.gate(`hold ${sessionId}`).reached;
    return { sessionId, turnId };
  }

  async #trigger(when: InputOf<(typeof operations)["triggers.create"]>["when"]): Promise<Ids> {
    const { sessionId } = await this.#session();
    const { trigger } = await call(this.#real.hub, operations["triggers.create"], {
      name: "Morning report",
      sessionId,
      when,
      action: { type: "send", text: "What is open?" },
    });
    return { sessionId, triggerId: trigger.triggerId };
  }

  /** A session of whose turns the operator hears. */
  async #subscription(): Promise<{ sessionId: string; triggerId: string }> {
    const { sessionId } = await this.#session();
    const { subscription } = await call(this.#real.hub, operations["subscriptions.create"], {
      sessionId,
      once: false,
    });
    return { sessionId, triggerId: subscription.triggerId };
  }

  /** A session with a turn that ended. */
  async #spokenSession(): Promise<{ sessionId: string }> {
    const { sessionId } = await this.#session();
    using stream = await StreamClient.open(this.#real.hub, { threadId: sessionId });
    await this.#say(sessionId);
    await stream.event("app_server.turn.completed");
    return { sessionId };
  }

  async #pendingToolCall(): Promise<{ sessionId: string; requestId: string }> {
    const { sessionId } = await this.#session();
    this.#real.model.when(sessionId).turn(functionCall("look", {}), text("Done."));
    return { sessionId, requestId: await this.#requestOf(sessionId) };
  }

  #say(sessionId: string) {
    return call(this.#real.hub, operations["sessions.send_message"], {
      sessionId,
      text: `I am ${sessionId}`,
    });
  }

  /** Speaks, and gives the id of the question that comes of it. */
  async #requestOf(sessionId: string): Promise<string> {
    using stream = await StreamClient.open(this.#real.hub, { threadId: sessionId });
    await this.#say(sessionId);
    const { payload } = await stream.event("request.opened");
    return String(payload.requestId);
  }
}

/** A value with the real ids in place of those of the examples. */
export function withIds(value: unknown, ids: Ids): Record<string, unknown> {
  let json = JSON.stringify(value);
  for (const [name, id] of Object.entries(ids)) {
    json = json.replaceAll(exampleIds[name as keyof typeof exampleIds], id);
  }
  return JSON.parse(json) as Record<string, unknown>;
}
