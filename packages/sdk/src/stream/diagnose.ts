/** Asks a hub by a plain request what a WebSocket keeps to itself. */
import { operations } from "@signalbox/contract";
import type { HttpSender } from "../call/http-sender.ts";

/** Why the hub can't be had, as a call tells it; undefined when it answers. */
export async function diagnose(sender: HttpSender, signal: AbortSignal): Promise<unknown> {
  const { name, http } = operations["system.health"];
  const request = { name, isRead: true, method: http.method, path: http.path, body: undefined };
  try {
    await sender.send({ ...request, headers: new Headers() }, { signal, timeout: 5_000 });
    return undefined;
  } catch (error) {
    return error;
  }
}
