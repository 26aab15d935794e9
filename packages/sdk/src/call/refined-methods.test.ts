import type { ResultOf } from "@signalbox/protocol";
import { expectTypeOf, test } from "vitest";
import type { Signalbox } from "../signalbox.ts";

// Never called: what is tested is what the compiler says of it.
const typed = (box: Signalbox) => ({
  list: () => box.appServer.call({ method: "thread/list", params: { limit: 1 } }),
  status: () => box.appServer.call({ method: "memory/status", params: {} }),
  reload: () => box.appServer.call({ method: "config/mcpServer/reload" }),
  newer: () => box.appServer.call({ method: "thread/somethingNew", params: { a: [1] } }),
  named: (method: string) => box.appServer.call({ method }),
  login: () => box.account.login.start({ type: "apiKey", apiKey: "k" }),
  models: () => box.models.list(),
});
type Typed = ReturnType<typeof typed>;
type Result<Name extends keyof Typed> =
  Awaited<ReturnType<Typed[Name]>> extends {
    result: infer Type;
  }
    ? Type
    : never;

test("a method of app-server is typed by its name, and an unknown one gives unknown", () => {
  expectTypeOf<Result<"list">>().toEqualTypeOf<ResultOf<"thread/list">>();
  expectTypeOf<Result<"list">>().not.toBeAny();
  expectTypeOf<Result<"status">>().toEqualTypeOf<ResultOf<"memory/status">>();
  expectTypeOf<Result<"reload">>().toEqualTypeOf<ResultOf<"config/mcpServer/reload">>();
  expectTypeOf<Result<"newer">>().toBeUnknown();
  expectTypeOf<Result<"named">>().toBeUnknown();
});

test("params that do not fit their method do not compile", () => {
  const wrong = (box: Signalbox) => [
    // @ts-expect-error limit is a number
    box.appServer.call({ method: "thread/list", params: { limit: "1" } }),
    // @ts-expect-error a thread is needed
    box.appServer.call({ method: "thread/read", params: {} }),
    // @ts-expect-error params are needed
    box.appServer.call({ method: "thread/read" }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

test("a login takes the fields of its type and no others", () => {
  expectTypeOf<Result<"login">["type"]>().toEqualTypeOf<
    "apiKey" | "chatgpt" | "chatgptDeviceCode" | "chatgptAuthTokens" | "amazonBedrock"
  >();
  const wrong = (box: Signalbox) => [
    // @ts-expect-error the key is needed
    box.account.login.start({ type: "apiKey" }),
    // @ts-expect-error it takes no key
    box.account.login.start({ type: "chatgpt", apiKey: "k" }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

test("what codex answers has the protocol's types", () => {
  expectTypeOf<Awaited<ReturnType<Typed["models"]>>>().toEqualTypeOf<ResultOf<"model/list">>();
  expectTypeOf<
    Awaited<ReturnType<Typed["models"]>>["data"][number]["id"]
  >().toEqualTypeOf<string>();
  type Config = Signalbox["config"]["get"];
  expectTypeOf<Awaited<ReturnType<Config>>["config"]["model"]>().toEqualTypeOf<string | null>();
});
