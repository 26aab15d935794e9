/** The operations on triggers, subscriptions and inboxes, done. */
import type { OperationName } from "@signalbox/contract";
import type { Handlers } from "./context.ts";

/** The handlers by name. */
export const triggerHandlers: Pick<
  Handlers,
  Extract<OperationName, `${"triggers" | "subscriptions" | "inbox"}.${string}`>
> = {
  "triggers.create": async (input, { services, note }) => {
    const created = await services.triggering.triggers.create(input);
    note({ triggerId: created.trigger.triggerId });
    return created;
  },
  "triggers.list": (input, { services }) => services.triggering.triggers.list(input),
  "triggers.get": (input, { services }) => services.triggering.triggers.get(input),
  "triggers.update": (input, { services }) => services.triggering.triggers.update(input),
  "triggers.delete": (input, { services }) => services.triggering.triggers.delete(input),
  "triggers.pause": (input, { services }) => services.triggering.triggers.pause(input),
  "triggers.resume": (input, { services }) => services.triggering.triggers.resume(input),
  "triggers.rotate_secret": (input, { services }) =>
    services.triggering.triggers.rotateSecret(input),
  "triggers.test": (input, { services }) => services.triggering.test(input),
  "triggers.firings.list": (input, { services }) => services.triggering.triggers.firings(input),
  "subscriptions.create": (input, { services }) => services.triggering.subscriptions.create(input),
  "subscriptions.list": (input, { services }) => services.triggering.subscriptions.list(input),
  "subscriptions.delete": (input, { services }) => services.triggering.subscriptions.delete(input),
  "inbox.list": (input, { services }) => services.triggering.notices.list(input),
  "inbox.get": (input, { services }) => services.triggering.notices.get(input),
  "inbox.acknowledge": (input, { services }) => services.triggering.notices.acknowledge(input),
};
