/** How a socket of the stream is opened. A browser's can carry no header, so the token is in a subprotocol. */
import {
  bearerSubprotocolPrefix,
  streamPath,
  streamProtocol,
  streamSubprotocol,
} from "@signalbox/contract";

/** The stream's address on a hub, for one thread or (null) all. */
export function toStreamUrl(hub: URL, threadId: string | null): string {
  const url = new URL(hub);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${streamPath}`;
  url.searchParams.set("v", String(streamProtocol));
  if (threadId !== null) url.searchParams.set("threadId", threadId);
  return url.href;
}

/** The subprotocols to ask for: the stream's, and the one that carries the token. */
export function toStreamProtocols(token: string): string[] {
  return [streamSubprotocol, `${bearerSubprotocolPrefix}${token}`];
}
