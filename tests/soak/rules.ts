/**
 * The triggers of a soak: sessions five by five have one of time and one for webhooks, two by the
 * calendar, one that passes the end of a turn on to its neighbour, one that posts what the agent said,
 * and one for its rest. Every second session has one that answers questions by rule.
 */
import type { Trigger } from "@signalbox/contract";
import type { CallInput, Signalbox } from "@signalbox/sdk";
import type { Hook } from "./deliveries.ts";
import { wordsOf } from "./yard.ts";

/** Seconds between the times of the calendar that is asked often; one a minute is asked too. */
export const calendarStep = 5;

type Rule = CallInput<"triggers.create">;

const missed = ["once", "all", "skip"] as const;

/** What was made. */
export interface Made {
  readonly triggers: readonly Trigger[];
  /** Where webhooks are brought, and what they are signed with. */
  readonly hooks: readonly Hook[];
}

/** Makes them. */
export async function makeTriggers(
  box: Signalbox,
  sessions: readonly string[],
  address: string,
): Promise<Made> {
  const rules = sessions.flatMap((sessionId, n) => {
    const neighbour = sessions[(n + 1) % sessions.length]!;
    const own = rulesOf(n, sessionId, neighbour, address);
    return n % 2 === 0 ? [...own, answerOf(sessionId)] : own;
  });
  const triggers: Trigger[] = [];
  const hooks: Hook[] = [];
  for (const rule of rules) {
    const { trigger, secret } = await box.triggers.create(rule);
    triggers.push(trigger);
    if (secret !== null) hooks.push({ triggerId: trigger.triggerId, secret });
  }
  return { triggers, hooks };
}

function rulesOf(n: number, sessionId: string, neighbour: string, address: string): Rule[] {
  // Of each kind every second one has a guard.
  const isGuarded = Math.floor(n / 5) % 2 === 1;
  const policy = missed[Math.floor(n / 5) % missed.length]!;
  const say = (text: string): Extract<Rule["action"], { type: "send" }> => ({
    type: "send",
    text: `[{{firing.id}}] ${text}, quick.`,
  });
  const calendar = (name: string, expression: string): Rule => ({
    name,
    sessionId,
    when: { type: "cron", expression, missed: policy },
    action: say(name),
  });
  switch (n % 5) {
    case 0:
      return [
        {
          name: "Tick",
          sessionId,
          when: { type: "interval", seconds: 7 },
          action: say("Tick"),
          guards: { idleOnly: isGuarded },
        },
        {
          name: "Hook",
          sessionId,
          when: { type: "webhook" },
          action: say("Delivery {{event.payload.number}}"),
        },
      ];
    case 1:
      return [calendar("Chime", `*/${calendarStep} * * * * *`), calendar("Minute", "* * * * *")];
    case 2:
      return [
        {
          name: "Relay",
          sessionId,
          when: { type: "turn", status: ["completed", "failed"] },
          action: { ...say("Your neighbour is done"), sessionId: neighbour },
          guards: isGuarded ? { minIntervalSeconds: 5 } : {},
        },
      ];
    case 3:
      return [
        {
          name: "Post",
          sessionId,
          when: {
            type: "event",
            types: ["app_server.item.completed"],
            where: [
              { path: "payload.params.item.type", op: "eq", value: "agentMessage" },
              { path: "payload.params.item.text", op: "contains", value: "10 11" },
            ],
          },
          action: { type: "post", url: address },
        },
      ];
    default:
      return [
        {
          name: "Rest",
          sessionId,
          when: { type: "idle_for", seconds: 2 },
          action: { ...say("You rest"), mode: "context" },
          guards: { maxPerHour: 3_600 },
        },
      ];
  }
}

/** Decides about what rules know; what they do not is left to the operator. */
function answerOf(sessionId: string): Rule {
  const kind = "command_approval";
  return {
    name: "Answer",
    sessionId,
    when: { type: "request", kinds: [kind] },
    action: {
      type: "answer",
      mode: "rules",
      rules: [
        { kind, action: "allow", prefix: wordsOf.allowed },
        { kind, action: "deny", prefix: wordsOf.forbidden },
      ],
    },
  };
}

/** Stops them; what is due then is canceled. */
export async function pauseTriggers(box: Signalbox, triggers: readonly Trigger[]): Promise<void> {
  for (const { triggerId } of triggers) await box.triggers.pause({ triggerId });
}
