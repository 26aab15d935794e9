/**
 * Services that bring webhooks, signed as Standard Webhooks says. Where no answer came some bring them
 * again, signed anew; and somebody who has overheard one brings it again as it was.
 */
import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

/** A trigger that webhooks fire. */
export interface Hook {
  readonly triggerId: string;
  /** `whsec_` and the key as base64. */
  readonly secret: string;
}

/** One time that a delivery was brought, and what was answered. */
export interface Attempt {
  /** Whether it is an earlier one word for word. */
  readonly isOverheard: boolean;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly firingId: string | undefined;
  readonly duplicate: boolean;
}

/** One delivery. */
export interface Delivery {
  readonly triggerId: string;
  readonly id: string;
  readonly number: number;
  /** In their order. */
  readonly attempts: Attempt[];
}

/** What the hub says of a delivery. */
type Answer = Partial<Pick<Attempt, "code" | "firingId" | "duplicate">>;

/** Attempts of one that is brought until it is taken, at most. */
const maxAttempts = 40;
/** Seconds by which the first attempt is signed too early, so that each later one can have a later second. */
const head = 2 * maxAttempts;

export interface DeliveriesOptions {
  readonly url: string;
  readonly hooks: readonly Hook[];
  readonly random: () => number;
  /** Milliseconds between two deliveries to one hook, on average. */
  readonly pause: number;
}

/** Delivers until it is stopped. */
export class Deliveries {
  readonly made: Delivery[] = [];
  readonly #options: DeliveriesOptions;
  readonly #stop = new AbortController();
  readonly #working: Promise<void>[];

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#working = options.hooks.map((hook) => this.#work(hook));
  }

  /** Resolves when nobody delivers anything more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#working);
  }

  async #work(hook: Hook): Promise<void> {
    const { random, pause } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await wait(random() * 2 * pause, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.#deliver(hook);
    }
  }

  async #deliver(hook: Hook): Promise<void> {
    const { random } = this.#options;
    const number = this.made.length + 1;
    const delivery: Delivery = {
      triggerId: hook.triggerId,
      id: `delivery_${number}`,
      number,
      attempts: [],
    };
    this.made.push(delivery);
    const isInsistent = random() < 0.5;
    const isOverheard = random() < 0.4;
    const began = Math.floor(Date.now() / 1_000) - head;
    const last = () => delivery.attempts.at(-1);
    for (let second = 0; second < maxAttempts; second++) {
      await this.#bring(hook, delivery, began + second, false);
      if (isOverheard) await this.#bring(hook, delivery, began + second, true);
      if (!isInsistent || last()?.status !== undefined) return;
      await wait(250);
    }
  }

  async #bring(
    { triggerId, secret }: Hook,
    { id, number, attempts }: Delivery,
    second: number,
    isOverheard: boolean,
  ): Promise<void> {
    const body = JSON.stringify({ number });
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${second}.${body}`).digest("base64");
    const response = await fetch(`${this.#options.url}/api/hooks/${triggerId}`, {
      method: "POST",
      body,
      headers: {
        "webhook-id": id,
        "webhook-timestamp": String(second),
        "webhook-signature": `v1,${signature}`,
      },
    })
      .then(async (answer) => ({ ...((await answer.json()) as Answer), status: answer.status }))
      .catch(() => undefined);
    const { status, code, firingId, duplicate = false } = response ?? {};
    attempts.push({ isOverheard, status, code, firingId, duplicate });
  }
}
