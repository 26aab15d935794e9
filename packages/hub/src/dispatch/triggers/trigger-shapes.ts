/** A trigger as it is given, kept and shown: what is secret of it is in none but the first. */
import type { ShownAction, Trigger, TriggerAction } from "@signalbox/contract";
import type { Secrets } from "./trigger-secrets.ts";
import type { KeptTrigger } from "./trigger-store.ts";

/** As it is shown. */
export function toTrigger({ definition, timing }: KeptTrigger): Trigger {
  return { ...definition, nextDueAt: timing.nextDueAt };
}

/** An action as it is kept and shown. */
export function toShown(action: TriggerAction): ShownAction {
  if (action.type !== "post") return action;
  const { headers, ...rest } = action;
  return { ...rest, headerNames: Object.keys(headers) };
}

/** An action that was kept, as it would be given. */
export function withoutHeaders(action: ShownAction): TriggerAction {
  if (action.type !== "post") return action;
  const { headerNames: _, ...rest } = action;
  return { ...rest, headers: {} };
}

/** What is secret of a trigger: of an action that is not given again what it was before. */
export function secretsOf(
  webhook: string | null,
  action: TriggerAction | undefined,
  before: Secrets = { webhook: null, headers: {} },
): Secrets {
  if (action === undefined) return { webhook, headers: before.headers };
  return { webhook, headers: action.type === "post" ? action.headers : {} };
}
