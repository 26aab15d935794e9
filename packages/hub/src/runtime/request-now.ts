/** A request that is sent now or not at all. */
import type { AppServerClient, RequestOptions } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import type { ClientMethod, ParamsOf, ResultOf } from "@signalbox/protocol";
import { tracedRequest } from "../telemetry/spans.ts";
import { fromAppServerError } from "./errors.ts";

/** How long a read may take before its caller is told so, in ms. */
const readDeadline = 30_000;

/** Why nothing can be sent over this client now; undefined when it can. */
export function whyNotNow(client: AppServerClient): string | undefined {
  if (!client.isResponsive) {
    return "Codex gives no sign of life; if it goes on like that, the hub ends it and starts it again.";
  }
  if (client.state !== "ready") return "Codex is not running now; the hub starts it again.";
  return undefined;
}

/** Sends a request over this client, and rejects as `Runtime.request` says. */
export function requestNow<M extends ClientMethod>(
  client: AppServerClient,
  method: M,
  params: ParamsOf<M>,
  options: RequestOptions = {},
): Promise<ResultOf<M>> {
  return tracedRequest(method, () => request(client, method, params, options));
}

async function request<M extends ClientMethod>(
  client: AppServerClient,
  method: M,
  params: ParamsOf<M>,
  options: RequestOptions,
): Promise<ResultOf<M>> {
  const reason = whyNotNow(client);
  if (reason !== undefined) {
    throw new SignalboxError("runtime_unavailable", `${reason} Nothing was sent; try again soon.`);
  }
  try {
    return await client.request(method, params, { deadline: readDeadline, ...options });
  } catch (error) {
    throw fromAppServerError(error);
  }
}
