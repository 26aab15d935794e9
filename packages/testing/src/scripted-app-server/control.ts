/**
 * The channel between a test and the scripted app-servers it has spawned: JSON lines over a socket.
 * The child tells what it sees; the test sends the script, opens gates and has actions played.
 */
import type { Duplex } from "node:stream";
import { onLines } from "../lines.ts";
import type { Action } from "./action.ts";
import type { AppServerScript } from "./script.ts";

/** What the child tells. */
export type ChildMessage =
  | { readonly type: "hello"; readonly pid: number; readonly argv: readonly string[] }
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "stdin_end" }
  | { readonly type: "signal"; readonly signal: string }
  | { readonly type: "gate"; readonly name: string }
  | { readonly type: "played"; readonly play: number; readonly error: string | null };

/** What the test says. */
export type TestMessage =
  | { readonly type: "script"; readonly script: AppServerScript }
  | { readonly type: "open"; readonly name: string }
  | { readonly type: "play"; readonly play: number; readonly actions: readonly Action[] };

/** Where the script of the next process lies, beside the socket. */
export function nextScriptFile(socketPath: string): string {
  return `${socketPath}.json`;
}

/** Sends one message. */
export function sendControl(socket: Duplex, message: ChildMessage | TestMessage): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `take` with every message; both ends are ours, so their shape is trusted. */
export function onControl<T extends ChildMessage | TestMessage>(
  socket: Duplex,
  take: (message: T) => void,
): void {
  onLines(socket, (line) => take(JSON.parse(line) as T));
}
