/** `signalbox doctor`: what keeps a hub from working here, and what to do about it. */
import { styleText } from "node:util";
import { hubHome } from "@signalbox/sdk/node";
import { type Check, type CheckStatus, type Finding, fail, ok } from "../doctor/check.ts";
import { codexChecks } from "../doctor/codex-checks.ts";
import { homeChecks } from "../doctor/home-checks.ts";
import { hubChecks } from "../doctor/hub-checks.ts";

/** The command's options. */
export interface DoctorOptions {
  readonly home?: string;
  readonly codex?: string;
  readonly port: number;
  readonly json?: boolean;
}

const colours = { ok: "green", warn: "yellow", fail: "red" } as const;

/**
 * Looks at everything and says how it is; needs no hub and no network. Resolves with 1 when
 * something fails, else with 0.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
  const home = options.home ?? hubHome();
  const checks: readonly Check[] = [
    { name: "node", look: () => ok(`${process.version} at ${process.execPath}`) },
    ...codexChecks(options.codex),
    ...homeChecks(home),
    ...hubChecks(home, options.port),
  ];
  const findings = await Promise.all(
    checks.map(async (check) => ({ name: check.name, ...(await lookSafely(check)) })),
  );
  const isWell = findings.every(({ status }) => status !== "fail");
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ok: isWell, checks: findings })}\n`);
  } else {
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const { name, ...finding } of findings) {
      process.stdout.write(`${toText(name.padEnd(width), finding)}\n`);
    }
  }
  return isWell ? 0 : 1;
}

async function lookSafely(check: Check): Promise<Finding> {
  try {
    return await check.look();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return fail(said, "Mend this first.");
  }
}

function toText(name: string, { status, what, remedy }: Finding): string {
  const line = `${toWord(status)}  ${name}  ${what}`;
  return remedy === null ? line : `${line}\n      ${" ".repeat(name.length)}  ${remedy}`;
}

function toWord(status: CheckStatus): string {
  // styleText leaves colours out where stdout is no terminal or NO_COLOR is set.
  return styleText(colours[status], status.padEnd(4));
}
