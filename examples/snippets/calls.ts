/** A program's own code around calls. */
import type { Plugin } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

// #region plugin
const greeter: Plugin = {
  name: "greeter",
  register: (client) => client.onEvent("session.created", ({ seq }) => console.log(seq)),
  start: async (client) => console.log((await client.system.info()).version),
  stop: () => console.log("bye"),
};
// #endregion plugin

// #region client
await using box = Signalbox.fromEnv({
  actor: "release bot",
  plugins: [greeter],
  headers: () => ({ "x-team": "signals" }),
  retry: { attempts: 4, writes: ["sessions.rename"] },
  callTimeout: 20_000,
});
await box.start();
// #endregion client

// #region hooks
box.before("sessions.create", (call) => {
  call.input = { approvalPolicy: "untrusted", ...call.input };
});
box.after("*", (call) => console.log(`${call.operation} done`));
const removeHook = box.useMiddleware({
  onError: (call, error) => console.log(`${call.operation} failed`, error),
});
// #endregion hooks

const { session } = await box.sessions.create({});
const { sessionId } = session;
await box.sessions.rename({ sessionId, title: "Hooked" });
removeHook();

// #region raw
const answer = await box.raw.request("GET", "/api");
// #endregion raw
console.log(answer);
await box.sessions.delete({ sessionId });
