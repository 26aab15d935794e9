/** The runtime a hub is started with. */
import { AppServerClient, type ClientOptions } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import type { HubOptions } from "../hub-options.ts";
import type { Log } from "../log.ts";
import type { Home } from "../store/home.ts";
import { version } from "../version.ts";
import { PrivateRuntime } from "./private-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { SharedProcess } from "./shared/shared-process.ts";
import { SharedRuntime } from "./shared/shared-runtime.ts";
import type { ThreadProgress } from "./thread-progress.ts";

const runtimeKinds = ["private", "shared"] as const;

/** How codex is held: as a child that ends with the hub, or as a process that outlives it. */
export type RuntimeKind = (typeof runtimeKinds)[number];

/** Makes the runtime; nothing is started yet. Throws `invalid_request` for one that can't be made. */
export function createRuntime(
  options: HubOptions,
  home: Home,
  progress: ThreadProgress,
  log: Log,
): Runtime {
  const { codexPath, cwd, env, runtime: kind = "private" } = options;
  const client: ClientOptions = {
    clientInfo: { name: "signalbox", title: "Signalbox", version },
    log: ({ level, message, fields }) => log[level](fields ?? {}, message),
  };
  switch (kind) {
    case "private": {
      const launch: ClientOptions = {
        ...(codexPath === undefined ? {} : { codexPath }),
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env: { ...env } }),
      };
      return new PrivateRuntime(new AppServerClient({ ...client, ...launch }), progress, log);
    }
    case "shared": {
      const process = new SharedProcess({ home, codexPath, cwd, env });
      return new SharedRuntime({ process, progress, client, log });
    }
    default:
      throw new SignalboxError(
        "invalid_request",
        `There is no runtime ${JSON.stringify(kind)}: choose one of ${runtimeKinds.join(", ")}.`,
      );
  }
}
