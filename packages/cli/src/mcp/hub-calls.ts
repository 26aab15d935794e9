/** Calls to the hub, as tools and resources make them: each by the SDK, for whoever asked. */
import { type Operation, toSdkPath } from "@signalbox/contract";
import { type HubAddress, Signalbox } from "@signalbox/sdk/node";

/** What goes with a call. */
export interface HubCallOptions {
  /** Ends the call with `aborted`. */
  readonly signal: AbortSignal;
  /** Who asked, for the audit. */
  readonly actor: string;
  /** Under which a write is done once. */
  readonly idempotencyKey?: string | undefined;
}

/** Milliseconds a call may take beside the time its input gives it. */
export const callTimeout = 30_000;

type Method = (input: unknown, options: object) => Promise<unknown>;

/** Reaches one hub. */
export class HubCalls {
  readonly #address: () => HubAddress;
  readonly #version: string;

  /**
   * `address` is asked for at each call: a hub that is started later, for the first time even, is
   * reached then. What it throws the call rejects with.
   */
  constructor(address: () => HubAddress, version: string) {
    this.#address = address;
    this.#version = version;
  }

  /** A client of the hub that acts for somebody. Nothing is connected before it is used. */
  client(actor?: string): Signalbox {
    return new Signalbox({
      ...this.#address(),
      surface: { name: "mcp", version: this.#version },
      ...(actor === undefined ? {} : { actor }),
    });
  }

  /**
   * The operation's output; the hub validates the input. Rejects as the SDK's methods do, after a
   * bounded time: 30 seconds, and the input's own `timeoutMs` where the operation takes one.
   */
  async call(
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
    { signal, actor, idempotencyKey }: HubCallOptions,
  ): Promise<unknown> {
    const timeout = callTimeout + waitOf(operation, input);
    const options = { signal, timeout, ...(idempotencyKey && { idempotencyKey }) };
    return await methodOf(this.client(actor), operation)(input, options);
  }
}

/** Milliseconds the operation itself may wait. */
export function waitOf(operation: Operation, input: Readonly<Record<string, unknown>>): number {
  if (!Object.hasOwn(operation.input.shape, "timeoutMs")) return 0;
  // A wrong input is refused by the hub, at once.
  const { timeoutMs } = operation.input.safeParse(input).data ?? {};
  return typeof timeoutMs === "number" ? timeoutMs : 0;
}

/** The client's method for an operation that is known at run time only. */
function methodOf(box: Signalbox, { name }: Operation): Method {
  const { groups, method } = toSdkPath(name);
  const group = groups.reduce<unknown>(
    (place, step) => (place as Record<string, unknown>)[step],
    box,
  );
  return (group as Record<string, Method>)[method]!;
}
