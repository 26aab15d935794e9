/** The shared app-server of a home, as programs beside the hub find it. */
import { homeAt } from "../../store/home.ts";
import { livingIdentity } from "./identity.ts";

/** An app-server that runs. */
export interface SharedAppServer {
  readonly pid: number;
  /** `unix://…`, as `codex --remote` takes it. */
  readonly url: string;
  /** The binary it runs. */
  readonly codexPath: string;
}

/** The one of this home, whether or not a hub runs; undefined when there is none. */
export function sharedAppServer(folder: string): SharedAppServer | undefined {
  const { socket, identity } = homeAt(folder).appServer;
  const found = livingIdentity(identity);
  if (found === undefined) return undefined;
  return { pid: found.pid, url: `unix://${socket}`, codexPath: found.codexPath };
}
