/** The runtime a hub is started with. */
import { AppServerClient, type ClientOptions } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import type { HubOptions } from "../hub-options.ts";
import type { Log } from "../log.ts";
import type { Home } from "../store/home.ts";
import { toSpan } from "../to-span.ts";
import { version } from "../version.ts";
import type { FollowedThreads } from "./joining.ts";
import { PrivateRuntime } from "./private-runtime.ts";
import { type Runtime, runtimeKinds } from "./runtime.ts";
import { SharedProcess } from "./shared/shared-process.ts";
import { SharedRuntime } from "./shared/shared-runtime.ts";

/** Ms without a sign of life. */
const defaultUnresponsiveAfter = 60_000;
/** Ms a handshake may take at least. */
const leastStartDeadline = 5_000;

/** Makes the runtime; nothing is started yet. Throws `invalid_request` for one that can't be made. */
export function createRuntime(
  options: HubOptions,
  home: Home,
  threads: FollowedThreads,
  log: Log,
): Runtime {
  const { codexPath, cwd, env, runtime: kind = "private" } = options;
  const unresponsiveAfter = toSpan(
    "unresponsiveAfter",
    options.unresponsiveAfter,
    defaultUnresponsiveAfter,
  );
  const client: ClientOptions = {
    unresponsiveAfter,
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
      return new PrivateRuntime(new AppServerClient({ ...client, ...launch }), threads, log);
    }
    case "shared": {
      const process = new SharedProcess({ home, codexPath, cwd, env });
      // One that was found running has as long to answer as one that is spoken to.
      const startDeadline = Math.max(unresponsiveAfter, leastStartDeadline);
      return new SharedRuntime({ process, threads, client: { ...client, startDeadline }, log });
    }
    default:
      throw new SignalboxError(
        "invalid_request",
        `There is no runtime ${JSON.stringify(kind)}: choose one of ${runtimeKinds.join(", ")}.`,
      );
  }
}
