import {
  type Operation,
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

test("the client has every group of the contract, typed", () => {
  expectTypeOf<Signalbox>().toExtend<Methods>();
  expectTypeOf<Signalbox["system"]["health"]>().returns.resolves.toEqualTypeOf<
    OutputOf<Operations["system.health"]>
  >();
  expectTypeOf<Signalbox["system"]["health"]>().not.toBeAny();
  expectTypeOf<keyof Signalbox>().not.toEqualTypeOf<string>();
});
