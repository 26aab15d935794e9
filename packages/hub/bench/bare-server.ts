/** The floor of the stream's benches: `ws` alone, on a port of its own. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** Starts one. */
export async function openBareServer(onSocket: (socket: WebSocket) => void = () => {}) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    onSocket(socket);
  });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sockets: server.clients,
    [Symbol.dispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
