/**
 * Where an operation stands in the SDK, in types and at run time: each part of its name is one step,
 * in camelCase. `tool_calls.respond` is `toolCalls.respond`, `sessions.controls.get` is
 * `sessions.controls.get`.
 */
import type { InputOf, Operation, OutputOf } from "./define-operation.ts";

/** `send_message` to `sendMessage`, for the compiler. */
export type CamelCase<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/** `send_message` to `sendMessage`. */
function toCamelCase(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The steps to an operation's method: groups, the outermost first, then the method's own name. */
export interface SdkPath {
  readonly groups: readonly string[];
  readonly method: string;
}

/** The steps to an operation's method in the SDK. */
export function toSdkPath(name: string): SdkPath {
  const steps = name.split(".").map(toCamelCase);
  return { groups: steps.slice(0, -1), method: steps.at(-1)! };
}

/** One operation as a function: the input can be left out when nothing in it is required. */
export type SdkMethod<Op extends Operation, Options> =
  Record<never, never> extends InputOf<Op>
    ? (input?: InputOf<Op>, options?: Options) => Promise<OutputOf<Op>>
    : (input: InputOf<Op>, options?: Options) => Promise<OutputOf<Op>>;

/**
 * The SDK's methods for a set of operations: `methods.sessions.sendMessage(input, options)`. An
 * operation named in `Refined` has the type it has there.
 */
export type SdkMethods<
  Ops extends Readonly<Record<string, Operation>>,
  Options,
  Refined = Record<never, never>,
> = SdkLevel<{
  readonly [Op in Ops[keyof Ops] as Op["name"]]: Op["name"] extends keyof Refined
    ? Refined[Op["name"]]
    : SdkMethod<Op, Options>;
}>;

/** The same for the operations on one session, called on it: `methods.controls.get()` without its id. */
export type SessionMethods<Ops extends Readonly<Record<string, Operation>>, Options> = SdkLevel<{
  readonly [Op in Ops[keyof Ops] as SessionName<Op>]: SessionMethod<Op, Options>;
}>;

/** What follows `sessions.` in the name of an operation on one session. */
type SessionName<Op extends Operation> = Op["name"] extends `sessions.${infer Rest}`
  ? "sessionId" extends keyof InputOf<Op>
    ? Rest
    : never
  : never;

/** One operation on a session as a function of what else it takes. */
export type SessionMethod<Op extends Operation, Options> =
  Record<never, never> extends Omit<InputOf<Op>, "sessionId">
    ? (input?: Omit<InputOf<Op>, "sessionId">, options?: Options) => Promise<OutputOf<Op>>
    : (input: Omit<InputOf<Op>, "sessionId">, options?: Options) => Promise<OutputOf<Op>>;

// Methods by what is left of their names, one step at a time.
type SdkLevel<Named> = {
  readonly [Name in keyof Named & string as CamelCase<
    FirstStep<Name>
  >]: Name extends `${string}.${string}` ? SdkLevel<Below<Named, FirstStep<Name>>> : Named[Name];
};

type FirstStep<Name extends string> = Name extends `${infer First}.${string}` ? First : Name;

type Below<Named, First extends string> = {
  readonly [Name in keyof Named & string as Name extends `${First}.${infer Rest}`
    ? Rest
    : never]: Named[Name];
};
