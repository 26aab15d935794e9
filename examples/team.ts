/**
 * A developer, a writer of documents and a reviewer: three sessions that hand work to each other
 * through remote skills. Runs against the hub of SIGNALBOX_URL and SIGNALBOX_TOKEN, else against the
 * one on this machine (`signalbox serve`).
 */
import { Signalbox } from "@signalbox/sdk/node";
import { z } from "zod";

const members = ["developer", "docs", "reviewer"] as const;
type Member = (typeof members)[number];

const roles: Record<Member, string> = {
  developer: "Write what the task asks for. Then queue a task for docs that says what to explain.",
  docs: "Explain what was written. Then queue a task for reviewer that says what to look at.",
  reviewer: "Read the board and judge the work. Queue a task for whoever has to mend something.",
};

/** What the team knows: who has what to do, what was made, who is done. */
class Board {
  readonly #tasks: Record<Member, string[]> = { developer: [], docs: [], reviewer: [] };
  readonly #artifacts: { by: Member; kind: string; summary: string }[] = [];
  readonly #done = new Map<Member, string>();

  get isComplete(): boolean {
    return this.#done.has("reviewer") && this.withWork().length === 0;
  }

  withWork(): Member[] {
    return members.filter((member) => this.#tasks[member].length > 0);
  }

  pull(member: Member) {
    return { task: this.#tasks[member].shift() ?? null, left: this.#tasks[member].length };
  }

  queue(by: Member, owner: Member, task: string) {
    if (this.#done.has(owner)) return { queued: false, reason: `${owner} is done` };
    this.#tasks[owner].push(task);
    console.log(`[${by}] to ${owner}: ${task}`);
    return { queued: true, waiting: this.#tasks[owner].length };
  }

  publish(by: Member, kind: string, summary: string) {
    console.log(`[${by}] ${kind}: ${summary}`);
    return { artifacts: this.#artifacts.push({ by, kind, summary }) };
  }

  read(limit: number) {
    const waiting = Object.fromEntries(
      members.map((member) => [member, this.#tasks[member].length]),
    );
    return { artifacts: this.#artifacts.slice(-limit), waiting, done: [...this.#done.keys()] };
  }

  finish(member: Member, note: string) {
    console.log(`[${member}] done: ${note}`);
    this.#done.set(member, note);
    this.#tasks[member] = [];
    return { complete: this.isComplete };
  }
}

const board = new Board();
const nothing = z.object({});

/** A session of one member, with the team's skills in that member's name. */
async function join(box: Signalbox, member: Member) {
  const life = await box.remoteSkills.lifecycle({
    approvalPolicy: "never",
    filesystemSandbox: "workspace-write",
    register(skills) {
      skills.skill(
        { name: "team_pull_work", description: "Take your next task", input: nothing },
        () => board.pull(member),
      );
      skills.skill(
        {
          name: "team_queue_work",
          description: "Give a member of the team a task",
          input: z.object({ owner: z.enum(members), task: z.string().min(1) }),
        },
        ({ owner, task }) => board.queue(member, owner, task),
      );
      skills.skill(
        {
          name: "team_publish_artifact",
          description: "Tell the team what you made",
          input: z.object({ kind: z.string(), summary: z.string() }),
        },
        ({ kind, summary }) => board.publish(member, kind, summary),
      );
      skills.skill(
        {
          name: "team_read_board",
          description: "See what was made, what waits and who is done",
          input: z.object({ limit: z.int().min(1).max(25).default(8) }),
        },
        ({ limit }) => board.read(limit),
      );
      skills.skill(
        {
          name: "team_mark_done",
          description: "Say that your part is over; your tasks are dropped",
          input: z.object({ note: z.string() }),
        },
        ({ note }) => board.finish(member, note),
      );
    },
  });
  await box.sessions.rename({ sessionId: life.sessionId, title: `team-${member}` });
  return life;
}

await using box = Signalbox.fromEnv();
await using developer = await join(box, "developer");
await using docs = await join(box, "docs");
await using reviewer = await join(box, "reviewer");
const team = { developer, docs, reviewer };

async function work(member: Member): Promise<void> {
  const { skills, sessionId } = team[member];
  const prompt = `You are the ${member} of a team. Take your task with team_pull_work. ${roles[member]} Publish what you make, and mark your part done when nothing is left.`;
  try {
    const { status } = await skills.sendAndHandle(prompt, {
      injectSkills: false,
      timeout: 120_000,
    });
    console.log(`[${member}] turn ${status}`);
  } catch (error) {
    const { data } = await box.sessions.toolCalls.list({ sessionId });
    console.error(
      `[${member}]`,
      error,
      "waiting:",
      data.map(({ summary }) => summary),
    );
    throw error;
  }
}

board.queue("reviewer", "developer", "Write a function that says whether a year is a leap year.");
for (let round = 1; round <= 9 && !board.isComplete; round += 1) {
  const busy = board.withWork();
  if (busy.length === 0) break;
  console.log(`round ${round}: ${busy.join(", ")}`);
  await Promise.all(busy.map(work));
}
console.log(board.isComplete ? "The team is done." : "The team stopped before it was done.");
process.exitCode = board.isComplete ? 0 : 1;
