/** Every operation of the contract as a method under its group: `sessions.sendMessage(input)`. */
import {
  type Operation,
  type Operations,
  operations,
  type SdkMethods,
  toSdkPath,
} from "@signalbox/contract";
import type { CallOptions } from "./call.ts";
import type { Caller } from "./caller.ts";

/** `methods.sessions.sendMessage(input, options)` and all the others. */
export type Methods = SdkMethods<Operations, CallOptions>;

/** Builds the methods from the contract's table. */
export function createMethods(caller: Caller): Methods {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const operation of Object.values<Operation>(operations)) {
    const { group, method } = toSdkPath(operation.name);
    groups[group] ??= {};
    groups[group][method] = (input: Record<string, unknown> = {}, options?: CallOptions) =>
      caller.call(operation, input, options);
  }
  return groups as unknown as Methods;
}
