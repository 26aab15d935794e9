/** `signalbox tui`: Codex's own terminal program in a session of the hub. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { SignalboxError } from "@signalbox/contract";
import { type SharedAppServer, sharedAppServer } from "@signalbox/hub";
import { hubHome, type Signalbox } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { connectRunning } from "../processes/local-client.ts";

/** The command's options. */
export interface TuiOptions {
  readonly home?: string;
}

/**
 * Gives the terminal to codex, which joins the hub's shared app-server in that session; resolves with
 * codex's exit code. Fails with `operation_disabled` where the hub holds codex for itself, and with
 * `invalid_state` for an archived session.
 */
export async function tui(selector: string, options: TuiOptions): Promise<number> {
  try {
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      throw new SignalboxError("invalid_request", "Codex's terminal program needs a terminal.");
    }
    const home = resolve(options.home ?? hubHome());
    const { box } = connectRunning({ home });
    await using _ = box;
    const { session } = await box.sessions.get({ sessionId: selector });
    const appServer = await requireShared(box, home);
    if (session.archived) {
      throw new SignalboxError(
        "invalid_state",
        `${selector} is archived, and codex opens no archived threads. Take it back with \`signalbox restore\` first.`,
        { details: { sessionId: session.sessionId } },
      );
    }
    return await openCodex(appServer, session.sessionId, session.cwd);
  } catch (error) {
    return reportFailure(error);
  }
}

async function requireShared(box: Signalbox, home: string): Promise<SharedAppServer> {
  const { codex } = await box.system.health({});
  const found = sharedAppServer(home);
  // One that an earlier hub left running is not the one this hub speaks to.
  if (found !== undefined && found.pid === codex.pid) return found;
  throw new SignalboxError(
    "operation_disabled",
    "The hub holds codex for itself, so no other program can join it. Start it with `signalbox up --runtime shared` (or `serve --runtime shared`); `signalbox down` ends the one that runs.",
    { details: { home } },
  );
}

async function openCodex(
  { codexPath, url }: SharedAppServer,
  sessionId: string,
  folder: string,
): Promise<number> {
  const child = spawn(codexPath, ["resume", "--remote", url, sessionId], {
    stdio: "inherit",
    // Elsewhere codex would ask which folder is meant.
    ...(isFolder(folder) ? { cwd: folder } : {}),
  });
  // Ctrl-C is codex's; other signals it gets from us.
  const ignore = () => undefined;
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", ignore).on("SIGTERM", passOn).on("SIGHUP", passOn);
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal!];
  } finally {
    process.off("SIGINT", ignore).off("SIGTERM", passOn).off("SIGHUP", passOn);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
