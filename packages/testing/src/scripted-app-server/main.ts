/**
 * The process of a scripted app-server. It is called like `codex`, with one argument put before:
 * `--control=SOCKET` where a test directs it, or `--script=FILE` where a JSON file does.
 */
import { closeSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { Gates } from "../gate.ts";
import { AppServer } from "./app-server.ts";
import { nextScriptFile, onControl, sendControl, type TestMessage } from "./control.ts";
import type { AppServerScript } from "./script.ts";

const [source = "", ...argv] = process.argv.slice(2);
const gates = new Gates();

if (source.startsWith("--control=") && argv.includes("--version")) {
  // Answered without the test, which may be waiting for it and doing nothing else.
  runFile(nextScriptFile(source.slice("--control=".length)));
} else if (source.startsWith("--control=")) {
  const socket = connect(source.slice("--control=".length));
  // Without its test it has no reason to live, whatever the script says of signals.
  socket.on("error", () => process.exit(1));
  socket.on("close", () => process.exit(1));
  sendControl(socket, { type: "hello", pid: process.pid, argv });
  let server: AppServer | undefined;
  onControl<TestMessage>(socket, (message) => {
    switch (message.type) {
      case "script":
        server = run(message.script, socket);
        return;
      case "open":
        gates.get(message.name).release();
        return;
      case "play": {
        const { play } = message;
        const played = (error: string | null) =>
          sendControl(socket, { type: "played", play, error });
        server?.play(message.actions).then(
          () => played(null),
          (cause: unknown) => played(String(cause)),
        );
      }
    }
  });
} else if (source.startsWith("--script=")) {
  runFile(source.slice("--script=".length));
} else {
  process.stderr.write("The first argument must be --control=SOCKET or --script=FILE.\n");
  process.exit(2);
}

function runFile(path: string): void {
  run(JSON.parse(readFileSync(path, "utf8")) as AppServerScript, undefined);
}

function run(script: AppServerScript, control: Socket | undefined): AppServer {
  const server = new AppServer(script, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    received: (line) => control && sendControl(control, { type: "line", line }),
    stdinEnded: () => control && sendControl(control, { type: "stdin_end" }),
    passGate: (name) => {
      if (control !== undefined) sendControl(control, { type: "gate", name });
      return gates.get(name).pass();
    },
    // `process.stdout` cannot be closed; its descriptor can, since nothing is written any more.
    closeStdout: () => closeSync(1),
    exit: (code) => process.exit(code),
    kill: (signal) => process.kill(process.pid, signal),
  });
  process.on("SIGTERM", () => {
    if (control !== undefined) sendControl(control, { type: "signal", signal: "SIGTERM" });
    void server.terminate();
  });
  void (argv.includes("--version") ? server.version() : server.start());
  // A script may live on without stdin; nothing else would keep the process then.
  if (control === undefined) setInterval(() => {}, 60_000);
  return server;
}
