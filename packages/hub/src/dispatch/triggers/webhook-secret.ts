/** Signatures of webhooks, as Standard Webhooks has them: HMAC-SHA256 of `id.timestamp.body`, base64. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const prefix = "whsec_";

/** A new secret: `whsec_` and 32 random bytes as base64. */
export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString("base64")}`;
}

/** What is signed. */
export interface Signed {
  readonly id: string;
  /** Seconds since the epoch, as the header has it. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The signature, without its version. */
export function signatureOf(secret: string, { id, timestamp, body }: Signed): string {
  const key = Buffer.from(secret.slice(prefix.length), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

/** Whether one of the signatures of a header (`v1,... v1,...`) is right. Takes the same time for every wrong one. */
export function isSigned(secret: string, signed: Signed, header: string): boolean {
  const wanted = Buffer.from(signatureOf(secret, signed));
  return header.split(" ").some((one) => {
    const given = Buffer.from(one.startsWith("v1,") ? one.slice(3) : "");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
