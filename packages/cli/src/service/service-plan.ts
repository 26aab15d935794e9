/** What a service manager is told: which program to run, how, and where its log goes. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { homeAt } from "@signalbox/hub";

/** A hub as a service of its user. Every path is absolute. */
export interface ServicePlan {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly log: string;
  /** Whether codex outlives the hub, and so must not end with the service. */
  readonly isShared: boolean;
}

const script = fileURLToPath(new URL("../../bin/signalbox.js", import.meta.url));
/** What a hub needs of the environment it is set up in. No credential is among it. */
const passedOn = ["PATH", "CODEX_HOME", "SIGNALBOX_CODEX"] as const;
const pathOptions = ["--codex"];

/** The service that runs `serve` with these arguments as it would run here. */
export function planService(home: string, serveArguments: readonly string[]): ServicePlan {
  const folder = resolve(home);
  const given = withoutHome(serveArguments).map((argument, index, all) =>
    pathOptions.includes(all[index - 1] ?? "") ? resolve(argument) : argument,
  );
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value) environment[name] = name === "PATH" ? value : resolve(value);
  }
  return {
    command: [process.execPath, script, "serve", "--home", folder, ...given],
    environment,
    home: folder,
    log: homeAt(folder).log,
    isShared: given[given.lastIndexOf("--runtime") + 1] === "shared",
  };
}

/** Where a service of this user is described. */
export function servicePath(manager: "systemd" | "launchd"): string {
  const config = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  return manager === "systemd"
    ? join(config, "systemd", "user", "signalbox.service")
    : join(homedir(), "Library", "LaunchAgents", `${launchdLabel}.plist`);
}

/** The name launchd knows the service by. */
export const launchdLabel = "dev.signalbox.hub";

/** Whether the service is set up. */
export function isInstalled(manager: "systemd" | "launchd"): boolean {
  return existsSync(servicePath(manager));
}

function withoutHome(serveArguments: readonly string[]): readonly string[] {
  return serveArguments.filter(
    (argument, index) => argument !== "--home" && serveArguments[index - 1] !== "--home",
  );
}
