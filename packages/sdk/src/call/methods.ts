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

/**
 * What the client is built on: every group of operations as a property, so that an operation added to
 * the contract is a method of the client without being named again.
 */
export const OperationGroups = class {
  constructor(methods: Methods) {
    Object.assign(this, methods);
  }
} as unknown as new (
  methods: Methods,
) => Methods;

/** Methods and groups of methods, by name. */
interface Group {
  [name: string]: Group | ((input?: Record<string, unknown>, options?: CallOptions) => unknown);
}

/** Builds the methods from the contract's table. */
export function createMethods(caller: Caller): Methods {
  const root: Group = {};
  for (const operation of Object.values<Operation>(operations)) {
    const { groups, method } = toSdkPath(operation.name);
    const group = groups.reduce<Group>((outer, name) => {
      outer[name] ??= {};
      return outer[name] as Group;
    }, root);
    group[method] = (input = {}, options) => caller.call(operation, input, options);
  }
  return root as unknown as Methods;
}
