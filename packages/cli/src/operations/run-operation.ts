/** Does one operation for a command line: reads its input, asks, calls the hub, shows what came back. */
import { randomUUID } from "node:crypto";
import {
  type Command,
  isSignalboxError,
  SignalboxError,
  takesIdempotencyKey,
  toSdkPath,
} from "@signalbox/contract";
import type { CallOptions, Signalbox } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";
import { printOutput } from "../output/print-output.ts";
import type { Shell } from "../shell.ts";
import { confirm } from "./confirm.ts";
import { connect, type HubOptions } from "./hub-client.ts";
import { readPages } from "./pages.ts";
import { type Given, readInput } from "./read-input.ts";

/** What every command can be told beside its operation's input. */
export interface CommonOptions extends HubOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly all?: boolean;
  readonly idempotencyKey?: string;
}

type Input = Readonly<Record<string, unknown>>;
type Method = (input: Input, options: CallOptions) => Promise<unknown>;

/** Milliseconds a call may take beyond the time its input gives the hub. */
const patience = 60_000;

/** Does it; resolves with the exit code. */
export async function runOperation(
  command: Command,
  given: Given,
  options: CommonOptions,
  shell: Shell,
): Promise<number> {
  const { json = false } = options;
  try {
    const read = await readInput(command, given, shell);
    const ownTime = typeof read.timeoutMs === "number" ? read.timeoutMs : 0;
    await using box = connect(options, shell, patience + ownTime);
    const isAsked = command.intent === "destroy" && options.yes !== true;
    const input = isAsked ? await confirm(command, read, box, shell) : read;
    const call = callWith(box, command, keyFor(command, options), shell.interrupted);
    const output =
      command.pageSize === undefined
        ? await call(input)
        : await readPages(command, input, { all: options.all === true }, call);
    printOutput(command, output, { json }, shell);
    return 0;
  } catch (error) {
    return reportFailure(error, { json, err: shell.err });
  }
}

/** Every write has a key, so that one whose answer was lost can be repeated; what holds secrets takes none. */
function keyFor({ operation }: Command, options: CommonOptions): string | undefined {
  if (options.idempotencyKey !== undefined) return options.idempotencyKey;
  return takesIdempotencyKey(operation) ? randomUUID() : undefined;
}

function callWith(
  box: Signalbox,
  { operation }: Command,
  idempotencyKey: string | undefined,
  signal: AbortSignal,
): (input: Input) => Promise<unknown> {
  const { groups, method } = toSdkPath(operation.name);
  let place = box as unknown as Readonly<Record<string, unknown>>;
  for (const step of groups) place = place[step] as Readonly<Record<string, unknown>>;
  const run = place[method] as Method;
  const options = { signal, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  return async (input) => {
    try {
      return await run(input, options);
    } catch (error) {
      throw idempotencyKey === undefined ? error : withKey(error, idempotencyKey);
    }
  };
}

/** Of a write whose answer was lost: how it is repeated without being done twice. */
function withKey(error: unknown, key: string): unknown {
  if (!isSignalboxError(error) || error.code !== "outcome_unknown") return error;
  return new SignalboxError(
    error.code,
    `${error.message} With --idempotency-key ${key} it is done once, also if it was done already.`,
    { details: { ...error.details, idempotencyKey: key }, cause: error },
  );
}
