/** What a request's headers say of the program that sent it. */
import {
  fingerprintOf,
  fromSurfaceHeader,
  type Operation,
  operationHeader,
  SignalboxError,
  type Surface,
  surfaceHeader,
  versionHeader,
} from "@signalbox/contract";
import { version as hubVersion } from "../version.ts";

/** Reads one header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** Which way a request came. Throws `invalid_request` for a surface there is not. */
export function surfaceOf(header: HeaderReader): Surface {
  return fromSurfaceHeader(header(surfaceHeader));
}

/**
 * Throws `version_skew` where the caller names the operation's contract and means another than this
 * hub, which is then not to be done. Who names none is not asked.
 */
export function checkContract(operation: Operation, header: HeaderReader): void {
  const meant = header(operationHeader);
  if (meant === undefined) return;
  const ours = fingerprintOf(operation);
  if (meant !== ours) throw skew(operation.name, header, { client: meant, hub: ours });
}

/** The error for a route there is not: of a caller that names a contract, one its version has. */
export function noSuchRoute(route: string, header: HeaderReader): SignalboxError {
  const meant = header(operationHeader);
  if (meant !== undefined) return skew(route, header, { client: meant, hub: null });
  return new SignalboxError("route_not_found", `There is no ${route} here.`);
}

function skew(
  operation: string,
  header: HeaderReader,
  fingerprints: { readonly client: string; readonly hub: string | null },
): SignalboxError {
  const clientVersion = versionIn(header);
  const client = { version: clientVersion, fingerprint: fingerprints.client };
  const hub = { version: hubVersion, fingerprint: fingerprints.hub };
  return new SignalboxError(
    "version_skew",
    `The program that called (${clientVersion ?? "of an unknown version"}) and the hub (${hubVersion}) mean different things by ${operation}, so nothing was done. ${remedy(clientVersion)}`,
    { details: { operation, client, hub } },
  );
}

function versionIn(header: HeaderReader): string | null {
  const given = header(versionHeader) ?? "";
  return /^\d+\.\d+\.\d+[\w.+-]{0,40}$/.test(given) ? given : null;
}

function remedy(clientVersion: string | null): string {
  if (clientVersion === null) return "Use a program and a hub that were released together.";
  const order = compareVersions(clientVersion, hubVersion);
  if (order < 0) return `Update the program to ${hubVersion}.`;
  if (order > 0) return `Update the hub to ${clientVersion} and start it again.`;
  return "Start the hub again, so that it runs the code that is installed now.";
}

/** Below 0 where the first is older; 0 where they are equal, or one is no version. */
function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
