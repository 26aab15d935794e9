/** The SDK: each operation by its method. */
import { type Operation, toSdkPath } from "@signalbox/contract";
import { isSignalboxError, Signalbox } from "@signalbox/sdk";
import type { Surface } from "./surface.ts";

type Method = (input: Readonly<Record<string, unknown>>) => Promise<unknown>;

export const sdk: Surface = {
  name: "sdk",
  async call(hub, operation, input) {
    await using box = new Signalbox(hub);
    try {
      return { output: await methodOf(box, operation)(input) };
    } catch (error) {
      if (!isSignalboxError(error)) throw error;
      return { error };
    }
  },
};

/** The client's method for an operation, found as a user finds it. */
function methodOf(box: Signalbox, operation: Operation): Method {
  const { groups, method } = toSdkPath(operation.name);
  let place = box as unknown as Record<string, unknown>;
  for (const step of groups) place = place[step] as Record<string, unknown>;
  return place[method] as Method;
}
