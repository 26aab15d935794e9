/** Where a hub is, and what opens it. */
import { SignalboxError } from "@signalbox/contract";

/** The URL of a hub. Throws `invalid_request` for one that can't be one. */
export function parseUrl(url: string | URL): URL {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    parsed = undefined;
  }
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new SignalboxError(
    "invalid_request",
    `${JSON.stringify(String(url))} is not the URL of a hub: give one like http://127.0.0.1:4777.`,
  );
}

/** A token as a header can carry it. Throws `invalid_request`. */
export function parseToken(token: string): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new SignalboxError(
    "invalid_request",
    "The token must be a text of visible ASCII characters. It is in the file token of the hub's home.",
  );
}
