/** `signalbox runtime stop`: ends the app-server that a hub with a shared runtime left running. */
import { stopSharedRuntime } from "@signalbox/hub";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";

/** The command's options. */
export interface RuntimeStopOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/** Ends it and says whether there was one; resolves with the exit code. */
export async function runtimeStop(options: RuntimeStopOptions): Promise<number> {
  try {
    const home = options.home ?? hubHome();
    const stopped = await stopSharedRuntime(home);
    const text = stopped
      ? `stopped the shared app-server of ${home}`
      : `no shared app-server runs for ${home}`;
    process.stdout.write(`${options.json === true ? JSON.stringify({ stopped }) : text}\n`);
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}
