import { expect, test } from "vitest";
import { isSigned, newWebhookSecret, signatureOf } from "./webhook-secret.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const signed = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: "1614265330",
  body: new TextEncoder().encode('{"test": 2432232314}'),
};
const right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

test("signatures are those of Standard Webhooks", () => {
  expect(`v1,${signatureOf(secret, signed)}`).toBe(right);
});

test("one right signature among several is enough, and none of another version is taken", () => {
  expect(isSigned(secret, signed, `v1,AAAA v2,BBBB ${right}`)).toBe(true);
  expect(isSigned(secret, signed, right.replace("v1", "v2"))).toBe(false);
  expect(isSigned(secret, signed, right.slice(3))).toBe(false);
  expect(isSigned(secret, signed, "")).toBe(false);
});

test("another id, time, body or secret is not signed", () => {
  expect(isSigned(secret, { ...signed, id: "msg_other" }, right)).toBe(false);
  expect(isSigned(secret, { ...signed, timestamp: "1614265331" }, right)).toBe(false);
  expect(isSigned(secret, { ...signed, body: new Uint8Array(3) }, right)).toBe(false);
  expect(isSigned(newWebhookSecret(), signed, right)).toBe(false);
});

test("secrets are 32 random bytes", () => {
  const made = newWebhookSecret();
  expect(made).toMatch(/^whsec_/);
  expect(Buffer.from(made.slice(6), "base64")).toHaveLength(32);
  expect(newWebhookSecret()).not.toBe(made);
});
