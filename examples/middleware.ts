/** Hooks that belong together, as one object: `npm run example middleware`. */
import { type Call, type Middleware, Signalbox } from "@signalbox/sdk/node";

class AuditMiddleware implements Middleware {
  before(call: Call) {
    console.log("before", call.operation);
  }

  after(call: Call) {
    console.log("after", call.operation);
  }

  onError(call: Call, error: unknown) {
    console.log("error", call.operation, error instanceof Error ? error.message : error);
  }
}

await using box = Signalbox.fromProfile("local");
box.useMiddleware(new AuditMiddleware());

await box.sessions.list();
await box.sessions.get({ sessionId: "nobody" }).catch(() => {});
