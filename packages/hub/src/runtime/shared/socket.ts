/** The socket file of the shared app-server. */
import { connect } from "node:net";
import { SignalboxError } from "@signalbox/contract";

/** Bytes a socket's path may have: the system's own limit, with the byte that ends it. */
const maxPath = process.platform === "linux" ? 107 : 103;

/** Whether the system takes a path as long as this for a socket. */
export function isSocketPathShort(path: string): boolean {
  return Buffer.byteLength(path) <= maxPath;
}

/** Throws `invalid_request` when a path is too long for a socket. */
export function checkSocketPath(path: string): void {
  if (isSocketPathShort(path)) return;
  const bytes = Buffer.byteLength(path);
  throw new SignalboxError(
    "invalid_request",
    `The shared runtime needs the socket ${path}, whose path has ${bytes} bytes; the system takes ${maxPath} at most. Give the hub a home with a shorter path (--home), or use --runtime private.`,
    { details: { path, bytes, limit: maxPath } },
  );
}

/** Whether somebody accepts connections there. */
export function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
