/** The hub that runs, and the port one would take. */
import { once } from "node:events";
import { createServer } from "node:net";
import { livingHolder } from "@signalbox/hub";
import { connectRunning } from "../processes/local-client.ts";
import { version } from "../version.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

/** The checks. */
export function hubChecks(home: string, port: number): readonly Check[] {
  return [
    { name: "hub", look: () => lookAtHub(home) },
    { name: "port", look: () => lookAtPort(home, port) },
  ];
}

async function lookAtHub(home: string): Promise<Finding> {
  const holder = livingHolder(home);
  if (holder?.purpose !== "hub") return ok("none runs; `signalbox up` starts one");
  const { pid, url } = holder;
  if (url === null) {
    return warn(`process ${pid} is starting or ending`, "Look again; `signalbox logs` says more.");
  }
  // Asked first: a hub of another version may refuse to speak to this command.
  if (holder.version !== version) {
    return warn(
      `process ${pid} at ${url} is of version ${holder.version}, and this command of ${version}`,
      "Restart the hub: `signalbox down`, then `signalbox up`.",
    );
  }
  const { box } = connectRunning({ home, url });
  await using _ = box;
  const health = await box.system.health({});
  if (!health.codex.initialized || !health.journal.writable) {
    return warn(
      `process ${pid} at ${url} runs and is not ready: ${health.codex.notReady ?? "it can't store anything"}`,
      "`signalbox logs` says more.",
    );
  }
  return ok(`process ${pid} at ${url}, version ${version}`);
}

async function lookAtPort(home: string, port: number): Promise<Finding> {
  const url = livingHolder(home)?.url;
  if (url !== undefined && url !== null) return ok(`${new URL(url).port} is the hub's`);
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return ok(`${port} is free`);
  } catch (error) {
    return fail(
      `${port} can't be had (${(error as NodeJS.ErrnoException).code}): another program listens there`,
      "End that program, or start the hub with another --port.",
    );
  } finally {
    server.close();
  }
}
