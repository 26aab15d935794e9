/**
 * Sockets of the stream in a process of their own. They upgrade, and from then on only count bytes,
 * so that what is measured is who writes to them. Directed over IPC by `CountingClient`.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Opens `count` sockets on a path; each counts once a first frame has come, where one is said to come. */
export type Command =
  | { do: "open"; port: number; path: string; token: string; count: number; isGreeted: boolean }
  /** Counts from now on, and says `reached` when each socket has got so many bytes. */
  | { do: "expect"; bytes: number }
  /** Opens one socket, and closes it when it has got so many bytes, those of the upgrade not counted. */
  | { do: "fetch"; port: number; path: string; token: string; bytes: number };

const sockets: Socket[] = [];
const counted: number[] = [];
let wanted = Number.POSITIVE_INFINITY;
let missing = 0;

process.on("message", (command: Command) => {
  void obey(command).then((answer) => process.send!(answer));
});

async function obey(command: Command): Promise<string> {
  switch (command.do) {
    case "open":
      await Promise.all(Array.from({ length: command.count }, () => open(command)));
      return "opened";
    case "expect":
      counted.fill(0);
      wanted = command.bytes;
      missing = sockets.length;
      return "armed";
    case "fetch":
      await fetchBytes(command);
      return "fetched";
  }
}

async function open(command: Command & { do: "open" }): Promise<void> {
  const socket = upgrade(command);
  let head = "";
  const isOpen = () => {
    const end = head.indexOf("\r\n\r\n");
    return end >= 0 && (!command.isGreeted || head.length > end + 4);
  };
  while (!isOpen()) head += String((await once(socket, "data"))[0]);
  const index = sockets.push(socket) - 1;
  counted[index] = 0;
  socket.on("data", (chunk) => {
    const before = counted[index]!;
    counted[index] = before + chunk.length;
    if (before >= wanted || before + chunk.length < wanted) return;
    missing -= 1;
    if (missing === 0) process.send!("reached");
  });
}

async function fetchBytes(command: Command & { do: "fetch" }): Promise<void> {
  const socket = upgrade(command);
  let got = -1;
  for await (const chunk of socket) {
    const { length } = chunk as Buffer;
    const end = got < 0 ? (chunk as Buffer).indexOf("\r\n\r\n") : -4;
    got = Math.max(got, 0) + length - end - 4;
    if (got >= command.bytes) break;
  }
}

function upgrade({ port, path, token }: { port: number; path: string; token: string }): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      `Authorization: Bearer ${token}`,
      "",
      "",
    ].join("\r\n"),
  );
  return socket;
}
