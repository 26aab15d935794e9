/**
 * The part of the standard WebSocket the stream uses: what browsers, Node (22 and later), Deno, Bun
 * and the `ws` package have in common.
 */

/** A socket. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open", listener: (event: unknown) => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: "error", listener: (event: unknown) => void): void;
}

/**
 * Makes a socket. The token travels as the subprotocol `bearer.<token>`, since the standard
 * constructor can't set headers.
 */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;
