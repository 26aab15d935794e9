/**
 * Webhooks that come in. Whoever knows a trigger's secret fires it; a delivery is known by its
 * sender's id, so that it fires once, however often it is sent again, and what was overheard is not
 * taken a second time.
 */
import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SignalboxError } from "@signalbox/contract";
import { cannotStore, isStorageError, transaction } from "../../store/database.ts";
import type { Clock } from "./clock.ts";
import type { FiringStore } from "./firing-store.ts";
import { newFiringOf } from "./reactor.ts";
import type { TriggerSecrets } from "./trigger-secrets.ts";
import type { KeptTrigger, TriggerStore } from "./trigger-store.ts";
import { isSigned } from "./webhook-secret.ts";

/** What webhooks need of the hub. */
export interface WebhooksParts {
  readonly database: DatabaseSync;
  readonly triggers: TriggerStore;
  readonly secrets: TriggerSecrets;
  readonly firings: FiringStore;
  readonly clock: Clock;
  /** Called when something is due. */
  readonly wake: () => void;
}

/** One delivery, as it came. */
export interface Delivery {
  readonly triggerId: string;
  readonly id: string | undefined;
  /** Seconds since the epoch. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** What is answered. */
export interface Received {
  readonly status: "accepted";
  readonly firingId: string;
  /** Whether it came before, and was taken then. */
  readonly duplicate: boolean;
}

/** How far a delivery's time may be from the hub's, in seconds. */
export const tolerance = 5 * 60;
/** Bytes of a body. */
export const maxHookBytes = 256 * 1024;
/** Characters of a delivery's id. */
const maxIdLength = 256;
/**
 * Deliveries are remembered 30 days, and 50,000 of them at most; but as long as one that was overheard
 * would still be young enough, whatever their number.
 */
const rememberedFor = 30 * 24 * 60 * 60 * 1_000;
const rememberedAnyway = 2 * tolerance * 1_000;
export const maxRemembered = 50_000;
/** Deliveries between two looks for those to forget. */
const trimInterval = 1_024;

/** Takes deliveries. */
export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #again: StatementSync;
  readonly #trim: StatementSync;
  #untilTrim = 1;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
    const { database } = parts;
    this.#find = database.prepare(
      "SELECT * FROM trigger_delivery WHERE trigger_id = ? AND webhook_id = ?",
    );
    this.#add = database.prepare("INSERT INTO trigger_delivery VALUES (?, ?, ?, ?, ?, ?)");
    this.#again = database.prepare(
      "UPDATE trigger_delivery SET sent_at = ? WHERE trigger_id = ? AND webhook_id = ?",
    );
    this.#trim = database.prepare(`
      DELETE FROM trigger_delivery WHERE received_at < :before OR (received_at < :recent AND
        received_at <= (
          SELECT received_at FROM trigger_delivery ORDER BY received_at DESC LIMIT 1 OFFSET :most))`);
  }

  /**
   * Takes a delivery: its firing is durable when this returns. Throws, in this order,
   * `bad_signature` (of a trigger that is none too, so that nobody learns which there are),
   * `trigger_paused`, `webhook_replayed` and `storage_unavailable`.
   */
  receive(delivery: Delivery): Received {
    const { triggers, secrets, clock } = this.#parts;
    const kept = triggers.get(delivery.triggerId);
    const secret = kept === undefined ? null : secrets.get(delivery.triggerId).webhook;
    const now = clock.now();
    const signed = checkHeaders(delivery, now);
    if (kept === undefined || secret === null || !isSigned(secret, signed, signed.signature)) {
      throw badSignature("The signature is wrong, or no webhook has this address.");
    }
    if (!kept.definition.enabled) {
      throw new SignalboxError("trigger_paused", "The trigger is paused: nothing was done.", {
        details: { triggerId: delivery.triggerId },
      });
    }
    try {
      return transaction(this.#parts.database, () => this.#take(kept, signed, now));
    } catch (error) {
      throw isStorageError(error) ? cannotStore(error) : error;
    }
  }

  #take({ definition }: KeptTrigger, { id, timestamp, body }: Checked, now: number): Received {
    const { triggerId } = definition;
    const digest = createHash("sha256").update(body).digest("base64");
    const sentAt = Number(timestamp);
    const before = this.#find.get(triggerId, id);
    if (before !== undefined) {
      // Who sends again signs again, with another time; who has only overheard it can't.
      if (before.digest !== digest || sentAt <= (before.sent_at as number)) throw replayed(id);
      this.#again.run(sentAt, triggerId, id);
      return { status: "accepted", firingId: String(before.firing_id), duplicate: true };
    }
    const { firings } = this.#parts;
    const firing = newFiringOf(definition);
    const cause = { type: "webhook", webhookId: id } as const;
    const isNew = firings.add({
      ...firing,
      cause,
      depth: 0,
      event: { type: "webhook", threadId: null, seq: null, at: now, payload: payloadOf(body) },
      dueAt: now,
    });
    // A firing may be remembered longer than its delivery.
    const firingId = isNew ? firing.id : firings.idOf(triggerId, cause)!;
    this.#add.run(triggerId, id, digest, sentAt, firingId, now);
    if (--this.#untilTrim <= 0) {
      this.#untilTrim = trimInterval;
      this.#trim.run({
        before: now - rememberedFor,
        recent: now - rememberedAnyway,
        most: maxRemembered,
      });
    }
    this.#parts.wake();
    return { status: "accepted", firingId, duplicate: !isNew };
  }
}

interface Checked {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

function checkHeaders({ id, timestamp, signature, body }: Delivery, now: number): Checked {
  if (id === undefined || timestamp === undefined || signature === undefined) {
    throw badSignature(
      "The headers webhook-id, webhook-timestamp and webhook-signature are needed.",
    );
  }
  if (id === "" || id.length > maxIdLength) {
    throw badSignature(`webhook-id must have 1 to ${maxIdLength} characters.`);
  }
  const isNear = Math.abs(Number(timestamp) - now / 1_000) <= tolerance;
  if (!/^\d{1,12}$/.test(timestamp) || !isNear) {
    throw badSignature(
      `webhook-timestamp must be the time in seconds, at most ${tolerance} s from the hub's clock.`,
    );
  }
  return { id, timestamp, signature, body };
}

/** What was posted: as JSON where it is that, else as text. */
function payloadOf(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function badSignature(message: string): SignalboxError {
  return new SignalboxError("bad_signature", message);
}

function replayed(id: string): SignalboxError {
  return new SignalboxError(
    "webhook_replayed",
    `The delivery ${id} came before. It was not done again; sign it with the present time to ask again.`,
    { details: { webhookId: id } },
  );
}
