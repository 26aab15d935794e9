/** `signalbox status`: whether the hub of a home runs, and what it has in hand. */
import { categoryTable } from "@signalbox/contract";
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

/** What is said of a hub that runs and answers. */
interface Status {
  readonly running: true;
  readonly ready: boolean;
  readonly home: string;
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** ISO time. */
  readonly startedAt: string;
  /** Seconds. */
  readonly uptime: number;
  readonly codex: { readonly version: string | null; readonly state: string };
  readonly sessions: {
    readonly total: number;
    readonly byStatus: Readonly<Record<string, number>>;
  };
  readonly openQuestions: number;
  readonly journal: { readonly head: number; readonly writable: boolean; readonly bytes: number };
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
  place: { home: string; url: string; pid: number; version: string; startedAt: string },
): Promise<Status> {
  const [health, sessions, openQuestions] = await Promise.all([
    box.system.health({}),
    countSessions(box),
    countQuestions(box),
  ]);
  const { home, url, pid, version, startedAt } = place;
  const { codex, journal } = health;
  return {
    running: true,
    ready: codex.initialized && journal.writable,
    home,
    url,
    pid,
    version,
    startedAt,
    uptime: Math.round((Date.now() - Date.parse(startedAt)) / 1_000),
    codex: {
      version: codex.version,
      state: codex.initialized ? "ready" : (codex.notReady ?? "not ready"),
    },
    sessions,
    openQuestions,
    journal: { head: journal.head, writable: journal.writable, bytes: journalSize(home) },
  };
}

async function countSessions(box: Signalbox): Promise<Status["sessions"]> {
  const byStatus: Record<string, number> = {};
  let total = 0;
  let cursor: string | null = null;
  do {
    const input: { limit: number; cursor?: string } = { limit: 200, ...(cursor && { cursor }) };
    const page: Awaited<ReturnType<typeof box.sessions.list>> = await box.sessions.list(input);
    for (const session of page.data) {
      byStatus[session.status] = (byStatus[session.status] ?? 0) + 1;
      total += 1;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { total, byStatus };
}

async function countQuestions(box: Signalbox): Promise<number> {
  let count = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof box.requests.list>> = await box.requests.list({
      state: "pending",
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    count += page.data.length;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return count;
}

function toLines(status: Status): string[] {
  const { sessions, journal, codex } = status;
  const states = Object.entries(sessions.byStatus).map(([name, count]) => `${count} ${name}`);
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["hub", `${status.ready ? "ready" : "running, not ready"} at ${status.url}`],
    ["process", `${status.pid}, up ${formatDuration(status.uptime)}`],
    ["version", status.version],
    ["codex", `${codex.version ?? "unknown version"}, ${codex.state}`],
    ["sessions", states.length === 0 ? "none" : `${sessions.total} (${states.join(", ")})`],
    ["questions", status.openQuestions === 0 ? "none open" : `${status.openQuestions} open`],
    [
      "journal",
      `${journal.head} events, ${formatBytes(journal.bytes)}${journal.writable ? "" : ", can't be written now"}`,
    ],
    ["home", status.home],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`);
}
