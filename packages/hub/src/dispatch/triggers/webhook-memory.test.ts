/** How long deliveries of webhooks are remembered, by which none is taken twice. */
import { expect, test } from "vitest";
import { ManualClock } from "../../../fixtures/manual-clock.ts";
import { putWebhookTrigger } from "../../../fixtures/webhook-trigger.ts";
import { openDatabase, transaction } from "../../store/database.ts";
import { FiringStore } from "./firing-store.ts";
import { TriggerSecrets } from "./trigger-secrets.ts";
import { TriggerStore } from "./trigger-store.ts";
import { newWebhookSecret, signatureOf } from "./webhook-secret.ts";
import { maxRemembered, tolerance, Webhooks } from "./webhooks.ts";

const triggerId = `trg_${"0".repeat(32)}`;
const start = 1_800_000_000_000;

/** A trigger of webhooks, and a memory that is as full as it may be of what came at the start. */
function setUp() {
  const database = openDatabase(":memory:");
  const clock = new ManualClock(start);
  const [triggers, secrets] = [new TriggerStore(database), new TriggerSecrets(database)];
  putWebhookTrigger(triggers, triggerId);
  const secret = newWebhookSecret();
  secrets.put(triggerId, { webhook: secret, headers: {} });
  const firings = new FiringStore(database);
  const webhooks = new Webhooks({ database, triggers, secrets, firings, clock, wake: () => {} });
  const insert = database.prepare("INSERT INTO trigger_delivery VALUES (?, ?, '', ?, 'fir', ?)");
  transaction(database, () => {
    for (let n = 0; n < maxRemembered; n += 1) {
      insert.run(triggerId, `full ${n}`, start / 1_000, start);
    }
  });
  const deliver = (id: string, time: number) => {
    const signed = { id, timestamp: String(time / 1_000), body: new Uint8Array() };
    return webhooks.receive({
      ...signed,
      triggerId,
      signature: `v1,${signatureOf(secret, signed)}`,
    });
  };
  const remembered = () =>
    Number(database.prepare("SELECT count(*) AS n FROM trigger_delivery").get()?.n);
  const forget = () => database.exec("DELETE FROM trigger_delivery");
  return { clock, deliver, remembered, forget };
}

test("what was overheard is not taken again as long as it is young enough, however many came since", () => {
  const { clock, deliver, remembered } = setUp();
  // Signed as far in the future as may be, it is young enough for twice the tolerance.
  const time = start + tolerance * 1_000;
  deliver("overheard", time);
  clock.set(start + 2 * tolerance * 1_000);
  for (let n = 0; n < 1_024; n += 1) deliver(`later ${n}`, time);
  expect(() => deliver("overheard", time)).toThrow(/came before/);
  expect(remembered()).toBe(maxRemembered + 1 + 1_024);
});

test("beyond their number those go that are too old to be taken anyway", () => {
  const { clock, deliver, remembered } = setUp();
  const later = start + 2 * tolerance * 1_000 + 1_000;
  clock.set(later);
  deliver("another", later);
  expect(remembered()).toBeLessThanOrEqual(maxRemembered);
});

test("a delivery that is forgotten, and whose firing is not, is acknowledged with that firing", () => {
  const { deliver, forget } = setUp();
  const { firingId } = deliver("same", start);
  forget();
  const again = deliver("same", start);
  expect(again).toEqual({ status: "accepted", firingId, duplicate: true });
});
