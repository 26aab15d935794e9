/**
 * How a call says which way it came and what it was made for, in headers: the surface for the hub's
 * audit, and, from programs that are released with the hub, the contract they know. A client that
 * sends none of them is served as any other.
 */
import { SignalboxError } from "../errors/signalbox-error.ts";

/** The ways a call can come to the hub over HTTP. */
export const surfaces = ["http", "sdk", "cli", "mcp", "web"] as const;

/** One of the ways a call can come. */
export type Surface = (typeof surfaces)[number];

/** Names the surface; `http` where it is missing. */
export const surfaceHeader = "x-signalbox-surface";
/** The version of the program that calls. */
export const versionHeader = "x-signalbox-version";
/** The fingerprint of the operation as the caller knows it; see `fingerprintOf`. */
export const operationHeader = "x-signalbox-operation";

/** The surface a header names. Throws `invalid_request`, naming the header, for one there is not. */
export function fromSurfaceHeader(value: string | undefined): Surface {
  const found = surfaces.find((surface) => surface === (value ?? "http"));
  if (found !== undefined) return found;
  const message = `Must be one of ${surfaces.join(", ")}`;
  throw new SignalboxError("invalid_request", `${surfaceHeader}: ${message}`, {
    details: { issues: [{ path: surfaceHeader, message }] },
  });
}
