/** What one way to reach the hub must be able to do so that the operations' examples can be run on it. */
import type { Operation } from "@signalbox/contract";
import type { HubAddress } from "../../packages/hub/fixtures/hub-world.ts";

/** How a call ended: with the operation's output, or with an error's permanent code. */
export type Outcome =
  | { readonly output: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

/** One way to reach the hub. */
export interface Surface {
  /** As the audit names it. */
  readonly name: string;
  /**
   * Calls the operation as a user of this surface would, with an input that may be wrong on purpose.
   * Rejects when what came back has not the form this surface promises (status, exit code, streams).
   */
  call(
    hub: HubAddress,
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Outcome>;
}
