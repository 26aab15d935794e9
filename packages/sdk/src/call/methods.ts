/** Every operation of the contract as a method under its group: `sessions.sendMessage(input)`. */
import {
  type Operation,
  type Operations,
  operations,
  type SdkMethods,
  type SessionMethods,
  toSdkPath,
} from "@signalbox/contract";
import type { CallOptions } from "./call.ts";
import type { Caller } from "./caller.ts";
import type { RefinedMethods } from "./refined-methods.ts";

/** `methods.sessions.sendMessage(input, options)` and all the others. */
export type Methods = SdkMethods<Operations, CallOptions, RefinedMethods>;

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

/** The operations on one session, without its id. */
export type SessionScopeMethods = SessionMethods<Operations, CallOptions>;

type Method = (input?: Record<string, unknown>, options?: CallOptions) => unknown;

/** Methods and groups of methods, by name. */
interface Group {
  [name: string]: Group | Method;
}

/** Builds the methods from the contract's table. */
export function createMethods(caller: Caller): Methods {
  const root: Group = {};
  for (const operation of Object.values<Operation>(operations)) {
    place(root, operation.name, (input = {}, options) => caller.call(operation, input, options));
  }
  return root as unknown as Methods;
}

/** The same for one session. */
export function createSessionMethods(caller: Caller, sessionId: string): SessionScopeMethods {
  const root: Group = {};
  for (const operation of Object.values<Operation>(operations)) {
    const { name, input: schema } = operation;
    if (!name.startsWith("sessions.") || !Object.hasOwn(schema.shape, "sessionId")) continue;
    place(root, name.slice("sessions.".length), (input = {}, options) =>
      caller.call(operation, { ...input, sessionId }, options),
    );
  }
  return root as unknown as SessionScopeMethods;
}

function place(root: Group, name: string, run: Method): void {
  const { groups, method } = toSdkPath(name);
  const group = groups.reduce<Group>((outer, step) => {
    outer[step] ??= {};
    return outer[step] as Group;
  }, root);
  group[method] = run;
}
