import {
  type InputOf,
  type Operation,
  type OperationName,
  type Operations,
  type OutputOf,
  operations,
  toHttpRequest,
  toSdkPath,
} from "@signalbox/contract";
import { expect, expectTypeOf, test } from "vitest";
import { Signalbox } from "../signalbox.ts";
import type { Methods } from "./methods.ts";

type Method = (input: unknown) => Promise<unknown>;

test.each(Object.values<Operation>(operations))(
  "$name is a method of the client, at its name's path, and asks its route",
  async (operation) => {
    const asked: unknown[] = [];
    const box = new Signalbox({
      url: "http://127.0.0.1:1",
      token: "t",
      fetch: (url, init) => {
        asked.push([init?.method, url]);
        return Promise.resolve(Response.json({}));
      },
    });
    const { groups, method } = toSdkPath(operation.name);
    const group = groups.reduce<unknown>((outer, name) => (outer as never)[name], box);
    const { input } = operation.examples.find((example) => "output" in example)!;
    await (group as Record<string, Method>)[method]!(input);
    const request = toHttpRequest(operation, input as never);
    expect(asked.map(String)).toEqual([`${request.method},http://127.0.0.1:1${request.path}`]);
  },
);

test("no operation takes or gives any", () => {
  type IsAny<Type> = 0 extends 1 & Type ? true : false;
  type Any = {
    [Name in OperationName]:
      | IsAny<InputOf<Operations[Name]>>
      | IsAny<OutputOf<Operations[Name]>>
      | IsAny<InputOf<Operations[Name]>[keyof InputOf<Operations[Name]>]>
      | IsAny<OutputOf<Operations[Name]>[keyof OutputOf<Operations[Name]>]>;
  }[OperationName];
  expectTypeOf<Any>().toEqualTypeOf<false>();
});

test("the client has every group of the contract, typed", () => {
  expectTypeOf<Signalbox>().toExtend<Methods>();
  expectTypeOf<Signalbox["system"]["health"]>().returns.resolves.toEqualTypeOf<
    OutputOf<Operations["system.health"]>
  >();
  expectTypeOf<Signalbox["system"]["health"]>().not.toBeAny();
  expectTypeOf<keyof Signalbox>().not.toEqualTypeOf<string>();
});
