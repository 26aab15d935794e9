/** `signalbox status`: whether the hub of a home runs, and what it has in hand. */
import { categoryTable, type Operations, type OutputOf } from "@signalbox/contract";
import { livingHolder } from "@signalbox/hub";
import { hubHome, type Signalbox } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { journalSize } from "../processes/journal-size.ts";
import { connectRunning } from "../processes/local-client.ts";
import { formatBytes, formatDuration } from "../processes/units.ts";

/** The command's options. */
export interface StatusOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/** What is said of a hub that runs and answers: its own account of itself, and what is seen from outside. */
interface Status extends Omit<OutputOf<Operations["system.status"]>, "journal"> {
  readonly running: true;
  /** Whether sessions can be worked on now. */
  readonly ready: boolean;
  readonly home: string;
  readonly url: string;
  readonly pid: number;
  /** ISO time. */
  readonly startedAt: string;
  readonly journal: {
    readonly head: number;
    readonly writable: boolean;
    /** Of its database. */
    readonly bytes: number;
  };
}

/**
 * Says it; resolves with the exit code: 0 when the hub runs, that of `unavailable` when none does or
 * the one there is starting or ending.
 */
export async function status(options: StatusOptions): Promise<number> {
  try {
    const home = options.home ?? hubHome();
    const holder = livingHolder(home);
    if (holder?.purpose === "hub" && holder.url !== null) {
      const { box } = connectRunning({ home, url: holder.url });
      await using _ = box;
      const found = await statusOf(box, { home, ...holder, url: holder.url });
      say(options, found, toLines(found));
      return 0;
    }
    const starting = holder?.purpose === "hub";
    const facts = { running: false, starting, home, pid: starting ? holder.pid : null };
    const text = starting
      ? `the hub of ${home} (process ${holder.pid}) is starting or ending`
      : `no hub runs on ${home}. Start one with \`signalbox up\`, or \`signalbox serve\` in the foreground.`;
    say(options, facts, [text]);
    return categoryTable.unavailable.exit;
  } catch (error) {
    return reportFailure(error, options);
  }
}

function say(options: StatusOptions, facts: object, lines: readonly string[]): void {
  process.stdout.write(
    options.json === true ? `${JSON.stringify(facts)}\n` : `${lines.join("\n")}\n`,
  );
}

async function statusOf(
  box: Signalbox,
  place: Pick<Status, "home" | "url" | "pid" | "startedAt">,
): Promise<Status> {
  const { journal, ...inHand } = await box.system.status();
  const { home, url, pid, startedAt } = place;
  return {
    running: true,
    ready: inHand.runtime.ready && journal.writable,
    home,
    url,
    pid,
    startedAt,
    ...inHand,
    journal: { ...journal, bytes: journalSize(home) },
  };
}

function toLines(status: Status): string[] {
  const { sessions, questions, messages, triggers, notices, journal, runtime } = status;
  const { total: _, attached, ...doing } = sessions;
  const codex = runtime.ready ? "ready" : (runtime.notReady ?? "not ready");
  const stored = journal.writable ? "" : ", can't be written now";
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["hub", `${status.ready ? "ready" : "running, not ready"} at ${status.url}`],
    ["process", `${status.pid}, up ${formatDuration(status.uptime)}`],
    ["version", status.version],
    ["codex", `${runtime.version ?? "unknown version"}, ${codex}`],
    ["sessions", listed({ ...doing, "of all attached": attached })],
    [
      "questions",
      listed({ "for a person": questions.waiting, "for programs": questions.toolCalls }),
    ],
    [
      "messages",
      listed({
        queued: messages.queued,
        "of these held": messages.held,
        ambiguous: messages.ambiguous,
      }),
    ],
    ["triggers", listed({ enabled: triggers.enabled, paused: triggers.total - triggers.enabled })],
    ["notices", listed({ pending: notices.pending })],
    ["journal", `${journal.head} events, ${formatBytes(journal.bytes)}${stored}`],
    ["home", status.home],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`);
}

/** The numbers that are not 0, each before what it counts. */
function listed(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([what, count]) => `${count} ${what}`).join(", ") || "none";
}
