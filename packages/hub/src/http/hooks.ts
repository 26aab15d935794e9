/** Where webhooks come in: by signature, not by token. */
import type { HttpBindings } from "@hono/node-server";
import { isSignalboxError, SignalboxError } from "@signalbox/contract";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { maxHookBytes } from "../dispatch/triggers/webhooks.ts";
import type { Services } from "../operations/context.ts";
import type { Guard } from "./guard.ts";

/** Where a trigger's webhooks are posted. */
export const hookPath = "/api/hooks/:triggerId";

/** What taking webhooks needs. */
export interface HookParts {
  readonly guard: Guard;
  readonly services: Pick<Services, "triggering" | "audit">;
}

/** Refuses bodies that are too large before they are read whole. */
export const hookLimit = bodyLimit({
  maxSize: maxHookBytes,
  onError: () => {
    throw new SignalboxError("body_too_large", `The body is larger than ${maxHookBytes} bytes.`);
  },
});

/** Takes one delivery: 202, and its firing. Throws as `Webhooks.receive`, and `too_many_attempts`. */
export async function answerHook(
  c: Context<{ Bindings: HttpBindings }>,
  { guard, services }: HookParts,
): Promise<Response> {
  const knock = c.env.incoming;
  guard.checkAttempts(knock);
  const triggerId = c.req.param("triggerId") ?? "";
  const signature = c.req.header("webhook-signature");
  const body = new Uint8Array(await c.req.arrayBuffer());
  try {
    const received = services.triggering.webhooks.receive({
      triggerId,
      id: c.req.header("webhook-id"),
      timestamp: c.req.header("webhook-timestamp"),
      signature,
      body,
    });
    return c.json(received, 202);
  } catch (error) {
    const isWrong = isSignalboxError(error) && error.code === "bad_signature";
    if (isWrong && signature !== undefined) guard.noteWrong(knock, signature);
    throw error;
  }
}
