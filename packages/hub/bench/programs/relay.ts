/** The floor of the latency: lines of the line source, each sent to every socket as it is. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { openBareServer } from "../bare-server.ts";

const server = await openBareServer();
const source = spawn(process.argv[2]!, ["app-server"], { stdio: ["pipe", "pipe", "inherit"] });
createInterface(source.stdout).on("line", (line) => {
  for (const socket of server.sockets) socket.send(line);
});
source.stdin.write('{"method":"initialized"}\n');
process.send!({ port: server.port, token: "", took: 0 });
