/**
 * Sockets in a process of their own that tell how old what they get is. An event carries when it was
 * written as nanoseconds of the machine's monotonic clock, which all processes share.
 */
import { once } from "node:events";
import { WebSocket } from "ws";

export type Command =
  | { do: "open"; port: number; path: string; token: string; count: number }
  /** Opens one that never reads. */
  | { do: "stall"; port: number; path: string; token: string }
  /** Takes the ages of so many events, in ms. */
  | { do: "take"; count: number };

const sockets: WebSocket[] = [];
let ages: number[] = [];
let wanted = 0;
const mark = Buffer.from('"delta":"');

process.on("message", (command: Command) => void obey(command));

async function obey(command: Command): Promise<void> {
  switch (command.do) {
    case "open":
      await Promise.all(Array.from({ length: command.count }, () => open(command)));
      for (const socket of sockets) socket.on("message", (data) => note(data as Buffer));
      process.send!("opened");
      return;
    case "stall":
      (await open(command)).pause();
      process.send!("opened");
      return;
    case "take":
      ages = [];
      wanted = command.count;
      return;
  }
}

async function open({ port, path, token }: Command & { do: "open" | "stall" }): Promise<WebSocket> {
  const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  await once(socket, "open");
  sockets.push(socket);
  return socket;
}

function note(data: Buffer): void {
  if (ages.length >= wanted) return;
  const start = data.indexOf(mark);
  if (start < 0) return;
  const from = start + mark.length;
  const written = BigInt(data.toString("latin1", from, data.indexOf(34, from)));
  ages.push(Number(process.hrtime.bigint() - written) / 1e6);
  if (ages.length === wanted) process.send!(ages);
}
