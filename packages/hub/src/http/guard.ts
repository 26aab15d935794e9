/**
 * Who gets in. Every request, on the socket too, must name this hub in its Host header (else a name
 * an attacker controls may point here), must not come from a page of another origin, and must carry
 * the token.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { bearerSubprotocolPrefix, SignalboxError } from "@signalbox/contract";
import { WrongTokens } from "./wrong-tokens.ts";

/** What a guard lets in. */
export interface GuardOptions {
  readonly token: string;
  /** The address listened on, as given. */
  readonly host: string;
  /** Default: the clock. */
  readonly now?: () => number;
}

/** What is known of a request before it is let in. */
export interface Knock {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Checks requests. */
export interface Guard {
  /** Throws `foreign_host` or `foreign_origin`. */
  checkPlace(headers: IncomingHttpHeaders): void;
  /** Throws `unauthorized`, or `too_many_attempts` for an address that has tried too many wrong tokens. */
  checkToken(knock: Knock): void;
  /** Throws `too_many_attempts` for an address that has tried too many wrong tokens or signatures. */
  checkAttempts(knock: Knock): void;
  /** Counts a wrong signature against its address, like a wrong token. */
  noteWrong(knock: Knock, signature: string): void;
}

const loopbackNames = ["localhost", "127.0.0.1", "::1"];

/** Makes the guard of one hub. */
export function createGuard({ token, host, now }: GuardOptions): Guard {
  const wanted = digest(token);
  const wrong = new WrongTokens(now);
  const isKnownHost = hostCheck(host);
  const checkAttempts = (knock: Knock) => {
    const blockedFor = wrong.blockedFor(addressOf(knock));
    if (blockedFor > 0) throw tooManyAttempts(blockedFor);
  };
  return {
    checkPlace(headers) {
      const hostName = hostNameOf(headers.host);
      if (hostName === undefined || !isKnownHost(hostName)) {
        throw new SignalboxError(
          "foreign_host",
          "The Host header does not name this hub. Use the address it listens on.",
        );
      }
      const { origin } = headers;
      if (origin !== undefined && origin !== `http://${headers.host}`) {
        throw new SignalboxError(
          "foreign_origin",
          "Pages of another origin can't use this hub. Use the page the hub serves, or a program.",
        );
      }
    },
    checkAttempts,
    noteWrong(knock, signature) {
      wrong.note(addressOf(knock), digest(signature));
    },
    checkToken(knock) {
      checkAttempts(knock);
      const given = tokenIn(knock.headers);
      if (given === undefined) {
        throw new SignalboxError(
          "unauthorized",
          "A token is needed: send `Authorization: Bearer <token>`, from the file `token` in the hub's home.",
        );
      }
      const found = digest(given);
      if (timingSafeEqual(found, wanted)) return;
      wrong.note(addressOf(knock), found);
      throw new SignalboxError(
        "unauthorized",
        "The token is wrong. The right one is in the file `token` in the hub's home.",
      );
    },
  };
}

function addressOf({ socket }: Knock): string {
  return socket.remoteAddress ?? "";
}

function tooManyAttempts(blockedFor: number): SignalboxError {
  const seconds = Math.ceil(blockedFor / 1_000);
  return new SignalboxError(
    "too_many_attempts",
    `Too many wrong tokens came from this address. It is listened to again in ${seconds} s.`,
    { details: { retryAfterSeconds: seconds } },
  );
}

// Of equal length whatever is given, so that comparing takes the same time.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The token of a request: the header's, or, since browsers can't set it on a socket, a subprotocol's. */
function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  return headers["sec-websocket-protocol"]
    ?.split(",")
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(bearerSubprotocolPrefix))
    ?.slice(bearerSubprotocolPrefix.length);
}

/** The host without its port; forwarding may change the port, and it proves nothing. */
function hostNameOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d+)?$/i.exec(header ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function hostCheck(bound: string): (name: string) => boolean {
  const names = new Set([...loopbackNames, bound.toLowerCase()]);
  // Listening everywhere, the hub does not know its own addresses; but no DNS name is an address.
  if (bound === "0.0.0.0" || bound === "::") return (name) => names.has(name) || isIP(name) !== 0;
  return (name) => names.has(name);
}
