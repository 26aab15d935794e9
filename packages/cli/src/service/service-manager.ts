/** Sets a service up, and takes it away. */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { SignalboxError } from "@signalbox/contract";
import { openHome } from "@signalbox/hub";
import { launchdPlist } from "./launchd-plist.ts";
import { launchdLabel, type ServicePlan, servicePath } from "./service-plan.ts";
import { systemdUnit } from "./systemd-unit.ts";

/** The service managers that are known. */
const serviceManagers = ["systemd", "launchd"] as const;

/** A service manager that is known. */
export type ServiceManager = (typeof serviceManagers)[number];

const unitName = "signalbox.service";

/** What the manager reads. */
export function describeService(manager: ServiceManager, plan: ServicePlan): string {
  return manager === "systemd" ? systemdUnit(plan) : launchdPlist(plan);
}

/**
 * Writes the file, over an earlier one, and has the manager start the service, now and with each
 * login. Gives the file's path. Rejects with `invalid_state` when the manager refuses; then the file
 * is there.
 */
export async function installService(manager: ServiceManager, plan: ServicePlan): Promise<string> {
  const path = servicePath(manager);
  // The log is opened before the hub runs, in a folder that must be there.
  openHome(plan.home);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, describeService(manager, plan));
  if (manager === "systemd") {
    await tell("systemctl", "--user", "daemon-reload");
    await tell("systemctl", "--user", "enable", unitName);
    await tell("systemctl", "--user", "restart", unitName);
  } else {
    await tell("launchctl", "bootout", `${guiDomain()}/${launchdLabel}`).catch(() => undefined);
    await tell("launchctl", "bootstrap", guiDomain(), path);
  }
  return path;
}

/** Has the manager end the service and forget it, and removes the file. Gives the file's path. */
export async function uninstallService(manager: ServiceManager): Promise<string> {
  const path = servicePath(manager);
  if (manager === "systemd") await tell("systemctl", "--user", "disable", "--now", unitName);
  else await tell("launchctl", "bootout", `${guiDomain()}/${launchdLabel}`);
  rmSync(path, { force: true });
  if (manager === "systemd") await tell("systemctl", "--user", "daemon-reload");
  return path;
}

function guiDomain(): string {
  return `gui/${process.getuid?.()}`;
}

async function tell(program: string, ...args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args, { timeout: 60_000 });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const why = code === "ENOENT" ? `there is no ${program} here` : (stderr ?? "").trim();
    throw new SignalboxError(
      "invalid_state",
      `\`${[program, ...args].join(" ")}\` failed${why === "" ? "" : `: ${why}`}. The service's file can be written by hand: \`signalbox service\` prints it.`,
      { cause: error, details: { program, arguments: args } },
    );
  }
}
