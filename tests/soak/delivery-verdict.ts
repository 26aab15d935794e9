/** Each webhook that was taken fired once, each that got no answer at most once, and what is brought again word for word is refused. */
import type { Firing } from "@signalbox/contract";
import type { Attempt, Delivery } from "./deliveries.ts";

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeDeliveries(
  deliveries: readonly Delivery[],
  firings: readonly Firing[],
): string[] {
  const fired = Map.groupBy(firings, ({ cause }) =>
    cause.type === "webhook" ? cause.webhookId : "",
  );
  fired.delete("");
  const wrong = deliveries.flatMap((delivery) => {
    const own = fired.get(delivery.id) ?? [];
    fired.delete(delivery.id);
    return [...firedWrongly(delivery, own), ...answeredWrongly(delivery)];
  });
  return [...wrong, ...[...fired.keys()].map((id) => `${id} fired, and nobody brought it.`)];
}

/** What became of a delivery for who brought it, in words. */
export function fateOf({ attempts }: Delivery): string {
  const heard = attempts.filter(({ isOverheard }) => !isOverheard);
  if (heard.some(isTaken)) return heard.length > 1 ? "taken in the end" : "taken";
  return heard.every(({ status }) => status === undefined) ? "no answer" : "refused";
}

function firedWrongly(
  { id, triggerId, number, attempts }: Delivery,
  own: readonly Firing[],
): string[] {
  const what = `${id} fired ${own.length} times`;
  const taken = attempts.find(isTaken);
  const mayBeTaken = attempts.some(({ status }) => status === undefined);
  if (own.length > 1) return [`${what}.`];
  const [firing] = own;
  if (taken !== undefined && firing?.firingId !== taken.firingId) {
    return [`${what}, and was taken as ${taken.firingId}.`];
  }
  if (firing === undefined) return [];
  if (taken === undefined && !mayBeTaken) return [`${what} though it was refused.`];
  if (firing.triggerId !== triggerId) return [`${id} fired another trigger.`];
  const isHeard = firing.preview === null || firing.preview.includes(`Delivery ${number},`);
  return isHeard ? [] : [`${id} says another thing: ${firing.preview}`];
}

/** Once it may have been taken, signing anew is acknowledged and saying it again is refused. */
function answeredWrongly({ id, attempts }: Delivery): string[] {
  const wrong: string[] = [];
  let isKnown = false;
  let mayBeKnown = false;
  for (const { isOverheard, status, code, duplicate } of attempts) {
    const what = `${id} was answered ${status} (${code})`;
    if (status === undefined) {
      mayBeKnown = true;
    } else if (status === 202) {
      if (isOverheard && isKnown) wrong.push(`${what} when it was only overheard.`);
      if (duplicate ? !isKnown && !mayBeKnown : isKnown) {
        wrong.push(`${what} and duplicate is ${duplicate}.`);
      }
      isKnown = true;
    } else {
      const isReplay: boolean =
        isOverheard && (isKnown || mayBeKnown) && code === "webhook_replayed";
      if (!isReplay) wrong.push(`${what}.`);
      isKnown ||= isReplay;
    }
  }
  return wrong;
}

function isTaken({ status }: Attempt): boolean {
  return status === 202;
}
