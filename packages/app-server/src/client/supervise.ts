/** How a client's connections are made, one after the other, and what is told of them. */
import { untilAborted } from "../abort.ts";
import type { AppServerError } from "../errors.ts";
import type { MessageRouter } from "../router/message-router.ts";
import { Connection } from "../rpc/connection.ts";
import type { Liveness } from "../supervision/liveness.ts";
import { Supervisor } from "../supervision/supervisor.ts";
import { watchConnection } from "../supervision/watch-connection.ts";
import type { Feeds } from "./feeds.ts";
import type { ResolvedOptions } from "./options.ts";

export type SupervisionParts = {
  options: ResolvedOptions;
  /** Gets what each connection brings; what waits in it fails with the connection. */
  router: MessageRouter;
  /** Are told of each start and end, and hold the reading back. */
  feeds: Feeds;
  liveness: Liveness;
  warn: (message: string, fields: Record<string, unknown>) => void;
  /** A connection has ended, and all that waited for it has failed. */
  exited: () => void;
  recover: () => Promise<void>;
  gaveUp: (error: AppServerError) => void;
};

/** The supervisor of a client; nothing is started yet. */
export function supervise(parts: SupervisionParts): Supervisor {
  const { options, router, feeds, liveness, warn, exited, recover, gaveUp } = parts;
  const supervisor: Supervisor = new Supervisor(options.restart, {
    async connect(signal) {
      const { createTransport, clientInfo, capabilities, startDeadline: deadline } = options;
      const handshake = { clientInfo, capabilities, deadline };
      await untilAborted(options.prepare(signal), signal);
      const connection = await Connection.open(createTransport(), router, handshake, signal);
      if (feeds.isPaused) connection.pause();
      watchConnection(liveness, connection, router.pending, () => feeds.isPaused);
      return connection;
    },
    started(info) {
      feeds.tell({ type: "runtime", state: "started", generation: supervisor.generation, info });
    },
    exited(error) {
      liveness.stop();
      router.pending.failAll(error);
      router.forgetRequests();
      exited();
      feeds.tell({ type: "runtime", state: "exited", generation: supervisor.generation, error });
    },
    restarting(attempt, delay, failure) {
      const error = String(failure);
      warn("app-server is gone and will be started again.", { attempt, delay, error });
      const { generation } = supervisor;
      feeds.tell({ type: "runtime", state: "restarting", generation, attempt, delay });
    },
    recover,
    gaveUp,
  });
  return supervisor;
}
