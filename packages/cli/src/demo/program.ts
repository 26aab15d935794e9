/**
 * The demo's own program against the hub, written with the SDK as a user would: it registers
 * handlers and a skill, has the agent use them, approves one command, and has its wire cut.
 */
import type { NotificationParams } from "@signalbox/protocol";
import { Signalbox, type WebSocketConstructor } from "@signalbox/sdk";
import { isOwnCommand } from "./approval.ts";
import type { Relay } from "./relay.ts";
import { demoCommand } from "./script.ts";
import type { Tally } from "./tally.ts";
import type { Timeline } from "./timeline.ts";

/** What the program is given. */
export interface ProgramOptions {
  readonly url: string;
  readonly token: string;
  readonly workspace: string;
  readonly prompt: string;
  readonly relay: Relay;
  readonly timeline: Timeline;
  readonly tally: Tally;
  /** The delta of the answer at which the wire is cut. */
  readonly cutAt: number;
  /** Called once the stream is lost: resolves when it may come back. */
  readonly whileCut: (box: Signalbox) => Promise<string>;
  readonly signal: AbortSignal;
}

/** What the program saw happen. */
export interface Story {
  /** The cursor its first connection began after. */
  from: string;
  sessionId: string;
  skillCalls: number;
  skillAnswers: number;
  approvals: number;
  declined: number;
  commandExit: number | null;
  cuts: number;
  lost: number;
  reconnects: number;
  turnStatus: string;
  turnError: string | null;
  /** Whether the deltas, put together, are the text the agent's last message has. */
  isTextWhole: boolean;
}

/** Runs until the turn has ended and everything after it was handled as far as the journal goes. */
export async function runProgram(options: ProgramOptions): Promise<Story> {
  const { timeline, tally, relay, signal } = options;
  const story: Story = {
    from: "",
    sessionId: "",
    skillCalls: 0,
    skillAnswers: 0,
    approvals: 0,
    declined: 0,
    commandExit: null,
    cuts: 0,
    lost: 0,
    reconnects: 0,
    turnStatus: "",
    turnError: null,
    isTextWhole: false,
  };
  const connected = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const box = new Signalbox({
    url: options.url,
    token: options.token,
    WebSocket: throughRelay(relay),
    stream: { backoff: { base: 100, cap: 500 } },
  });

  box.onConnection((event) => {
    if (event.type === "connected" && event.reconnects === 0) {
      story.from = event.from;
      timeline.say("sdk", `stream connected, live after ${event.from}`, { from: event.from });
      connected.resolve();
    } else if (event.type === "disconnected" && story.lost === 0) {
      story.lost += 1;
      timeline.say("sdk", `stream lost (${event.reason}), trying again until it is back`);
    } else if (event.type === "connected") {
      story.reconnects += 1;
      timeline.say("sdk", `stream connected again, resumes after ${event.from}`, {
        from: event.from,
      });
    } else if (event.type === "caught_up") {
      timeline.say("sdk", `caught up at seq ${event.seq}`, { seq: event.seq });
    } else if (event.type === "gap") {
      timeline.say("sdk", `gap from ${event.from} to ${event.to}: ${event.reason}`);
    }
  });

  box.onEventPrefix("", (event) => tally.note(event));

  box.onTurn("started", (turn) => timeline.say("codex", `turn ${turn.params.turn.id} started`));

  box.onAppServer("item.started", ({ params: { item } }) => {
    if (item.type === "commandExecution") timeline.say("codex", `wants to run ${item.command}`);
    if (item.type === "agentMessage") answer = { text: "", deltas: 0 };
  });

  let answer = { text: "", deltas: 0 };
  box.onAppServer("item.agent_message.delta", ({ params }, { event }) => {
    answer = { text: answer.text + params.delta, deltas: answer.deltas + 1 };
    if (story.cuts > 0 || answer.deltas < options.cutAt) return;
    story.cuts += 1;
    relay.cut();
    const where = `at delta ${answer.deltas} of the answer, seq ${event.seq}`;
    timeline.say("wire", `cut ${where}`, { seq: event.seq });
    void options.whileCut(box).then((what) => {
      timeline.say("wire", `mended: ${what}`);
      relay.mend();
    }, ended.reject);
  });

  box.onAppServer("item.completed", ({ params: { item } }) => {
    if (item.type === "commandExecution") {
      if (isOwnCommand(item.command, demoCommand)) story.commandExit = item.exitCode ?? null;
      const output = JSON.stringify(item.aggregatedOutput ?? "");
      const how = item.exitCode === null ? item.status : `ended with ${item.exitCode}`;
      timeline.say("codex", `command ${how}: ${output}`);
    }
    if (item.type === "agentMessage") {
      story.isTextWhole = item.text === answer.text;
      timeline.say("codex", `answered: ${answer.deltas} deltas, ${item.text.length} characters`);
    }
  });

  box.onAppServerRequest("item.command_execution.request_approval", async (question) => {
    const isOwn = isOwnCommand(question.params.command, demoCommand);
    const decision = isOwn ? "accept" : "decline";
    await box.approvals.decide({ approvalId: question.requestId, decision });
    if (isOwn) story.approvals += 1;
    else story.declined += 1;
    timeline.say("you", `${decision} ${question.params.command}`, { decision });
  });

  box.onAppServerRequest("item.file_change.request_approval", async (question) => {
    await box.approvals.decide({ approvalId: question.requestId, decision: "decline" });
    story.declined += 1;
    timeline.say("you", "decline a change of files");
  });

  box.onTurn("completed", ({ params: { turn } }) => {
    story.turnStatus = turn.status;
    story.turnError = errorOf(turn);
    timeline.say(
      "codex",
      `turn ${turn.status}${turn.error === null ? "" : `: ${story.turnError}`}`,
    );
    ended.resolve();
  });

  signal.addEventListener("abort", () => ended.reject(signal.reason), { once: true });
  const running = box.stream.runForever({ signal });
  running.catch(ended.reject);
  try {
    await Promise.race([connected.promise, ended.promise]);
    const { created, skills } = await box.remoteSkills.createSession(
      {
        cwd: options.workspace,
        approvalPolicy: "untrusted",
        filesystemSandbox: "read-only",
        register(catalog) {
          catalog.skill(
            {
              name: "uppercase",
              description: "Give a text back in capitals.",
              input: {
                type: "object",
                properties: { text: { type: "string" } },
                required: ["text"],
                additionalProperties: false,
              },
            },
            ({ text }) => {
              story.skillCalls += 1;
              const result = String(text).toUpperCase();
              timeline.say("skill", `uppercase(${JSON.stringify(text)}) is ${result}`);
              return result;
            },
          );
        },
      },
      { signal },
    );
    box.onAppServerRequest("item.tool.call", async (call) => {
      const outcome = await skills.respondToSignal(call);
      if (outcome.status === "answered" && outcome.success) story.skillAnswers += 1;
    });
    story.sessionId = skills.sessionId;
    timeline.say("sdk", `session ${created.session.sessionId} with the skill uppercase`);
    timeline.say("you", options.prompt);
    await box.sessions.sendMessage(
      { sessionId: skills.sessionId, text: options.prompt },
      { signal },
    );
    await ended.promise;
    // What codex still says after the end of a turn belongs to the story too.
    const { journal } = await box.system.health({}, { signal });
    await tally.reached(journal.head, signal);
    return story;
  } finally {
    await box.close();
    await running.catch(() => undefined);
  }
}

function errorOf(turn: NotificationParams<"turn/completed">["turn"]): string | null {
  return turn.error?.message ?? null;
}

/** A standard WebSocket whose connections go through the relay. */
function throughRelay(relay: Relay): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      const relayed = new URL(url);
      relayed.port = String(relay.port);
      super(relayed, protocols);
    }
  };
}
