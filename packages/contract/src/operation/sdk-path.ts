/** Where an operation stands in the SDK: `tool_calls.respond` is `toolCalls.respond`, in types and at run time. */
import type { InputOf, Operation, OutputOf } from "./define-operation.ts";

/** `send_message` to `sendMessage`, for the compiler. */
export type CamelCase<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/** `send_message` to `sendMessage`. */
export function toCamelCase(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The group an operation's method is in, for the compiler. */
export type SdkGroup<Name extends string> = Name extends `${infer Group}.${string}`
  ? CamelCase<Group>
  : never;
/** The method's own name, for the compiler. */
export type SdkMethodName<Name extends string> = Name extends `${string}.${infer Verb}`
  ? CamelCase<Verb>
  : never;

/** Group and method name of an operation in the SDK. */
export function toSdkPath(name: string): { group: string; method: string } {
  const dot = name.indexOf(".");
  return { group: toCamelCase(name.slice(0, dot)), method: toCamelCase(name.slice(dot + 1)) };
}

/** One operation as a function: the input can be left out when nothing in it is required. */
export type SdkMethod<Op extends Operation, Options> =
  Record<never, never> extends InputOf<Op>
    ? (input?: InputOf<Op>, options?: Options) => Promise<OutputOf<Op>>
    : (input: InputOf<Op>, options?: Options) => Promise<OutputOf<Op>>;

/** The SDK's methods for a set of operations: `methods.sessions.sendMessage(input, options)`. */
export type SdkMethods<Ops extends Readonly<Record<string, Operation>>, Options> = {
  readonly [Group in SdkGroup<Ops[keyof Ops]["name"]>]: {
    readonly [Op in Ops[keyof Ops] as SdkGroup<Op["name"]> extends Group
      ? SdkMethodName<Op["name"]>
      : never]: SdkMethod<Op, Options>;
  };
};
