/** How a connection to app-server is asked for a sign of life, and given up without one. */
import { AppServerError } from "../errors.ts";
import type { PendingRequests } from "../router/pending-requests.ts";
import type { Connection } from "../rpc/connection.ts";
import type { Liveness } from "./liveness.ts";

/** The question's id: among those a client counts up there is no such one. */
const id = "alive";

/** Has `liveness` watch the connection, in place of any before. `isPaused`: whether this side holds the reading back. */
export function watchConnection(
  liveness: Liveness,
  connection: Connection,
  pending: PendingRequests,
  isPaused: () => boolean,
): void {
  const { after } = liveness;
  liveness.watch({
    heard: () => connection.heard,
    isPaused,
    ask: () => {
      // Whatever it answers is a sign of life.
      pending.add(id).catch(() => {});
      try {
        connection.send({ id, method: "thread/loaded/list", params: { limit: 1 } });
      } catch {
        // Its end is on its way.
      }
    },
    giveUp: () => {
      connection.giveUp(
        new AppServerError(
          "transport_closed",
          `app-server gave no sign of life for ${after} ms, though it was asked for one, and was given up.`,
          { details: { unresponsiveAfter: after } },
        ),
      );
    },
  });
}
