/** `signalbox service`: the hub as a service that starts with the user's login. */
import { SignalboxError } from "@signalbox/contract";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import {
  describeService,
  installService,
  type ServiceManager,
  uninstallService,
} from "../service/service-manager.ts";
import { isInstalled, planService } from "../service/service-plan.ts";

/** The command's options. */
export interface ServiceOptions {
  readonly home?: string;
  readonly install?: boolean;
  readonly uninstall?: boolean;
  readonly print?: boolean;
  readonly json?: boolean;
}

/**
 * Prints what the service manager is to read (also with `print`), or sets the service up, or takes
 * it away; resolves with the exit code. `serveArguments` are those for `signalbox serve`.
 */
export async function service(
  manager: ServiceManager,
  options: ServiceOptions,
  serveArguments: readonly string[],
): Promise<number> {
  try {
    const { install, uninstall, print } = options;
    if ([install, uninstall, print].filter(Boolean).length > 1) {
      throw new SignalboxError(
        "invalid_request",
        "Give one of --install, --uninstall and --print.",
      );
    }
    const say = (facts: object, text: string) =>
      process.stdout.write(`${options.json === true ? JSON.stringify(facts) : text}\n`);
    const plan = planService(options.home ?? hubHome(), serveArguments);
    if (install === true) {
      const path = await installService(manager, plan);
      say(
        { installed: true, path },
        `installed ${path}; the hub starts now and with each login. \`signalbox status\` says how it is.`,
      );
    } else if (uninstall === true) {
      const isThere = isInstalled(manager);
      if (isThere) await uninstallService(manager);
      say({ uninstalled: isThere }, isThere ? "the service is gone" : "there was no service");
    } else {
      process.stdout.write(describeService(manager, plan));
    }
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}
