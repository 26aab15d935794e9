/** Posting to an address, once. */
import { SignalboxError } from "@signalbox/contract";
import { version } from "../../version.ts";

/** How long an address may take to answer, in ms. */
export const postDeadline = 10_000;

/** What is posted. */
export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The firing's id, by which the receiver knows a delivery again. */
  readonly id: string;
  readonly body: string;
}

/** Failures before anything was sent. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|.*_CERT|.*_CERT_.*|.*_SIGNATURE|.*_SIGNED_CERT.*)$/;

/**
 * Posts JSON; gives the status of the answer, which is a 2xx. Redirects are not followed and what is
 * answered is not read. Rejects with `post_failed` where it was not taken, and with
 * `outcome_unknown` where no answer came.
 */
export async function post(
  { url, headers, id, body }: Posting,
  signal: AbortSignal,
): Promise<number> {
  const deadline = AbortSignal.timeout(postDeadline);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": `signalbox/${version}`,
        ...headers,
        "webhook-id": id,
      },
      body,
      signal: AbortSignal.any([signal, deadline]),
    });
  } catch (error) {
    throw toPostError(error, deadline.aborted);
  }
  const { status } = response;
  await response.body?.cancel().catch(() => {});
  if (response.ok) return status;
  throw new SignalboxError("post_failed", `The address answered ${status}, which is no success.`, {
    details: { status },
  });
}

// The cause may name what was sent: only its code is told.
function toPostError(error: unknown, isLate: boolean): SignalboxError {
  if (isLate) {
    return new SignalboxError(
      "outcome_unknown",
      `The address did not answer within ${postDeadline / 1_000} s. It may have taken what was posted.`,
    );
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (unsent.test(code)) {
    return new SignalboxError("post_failed", `The address could not be reached: ${code}.`);
  }
  return new SignalboxError(
    "outcome_unknown",
    `The connection broke${code === "" ? "" : `: ${code}`}. The address may have taken what was posted.`,
  );
}
