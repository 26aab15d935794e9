/**
 * Transcripts of what Codex tells beside the turn itself: of its model, its config, its hooks.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { event, execCommand, functionCall, httpError, text } from "../../src/index.ts";
import { answer, runTurn, type Scenario } from "../scenario.ts";

const metadata = (fields: object) =>
  event({ type: "response.metadata", response_id: "resp_0", metadata: fields });

export const notices: readonly Scenario[] = [
  {
    name: "model-rerouted",
    async run(codex) {
      const headers = { "OpenAI-Model": "other-model" };
      codex.model.turn([
        event({ type: "response.created", response: { id: "resp_0", headers } }),
        text("Hello."),
      ]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "model-verification-and-moderation",
    async run(codex) {
      codex.model.turn([
        metadata({ openai_verification_recommendation: ["trusted_access_for_cyber"] }),
        metadata({ openai_chatgpt_moderation_metadata: { presentation: "inline" } }),
        text("Hello."),
      ]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "model-safety-buffering",
    async run(codex) {
      codex.model.turn([
        event({
          type: "response.created",
          response: { id: "resp_0" },
          safety_buffering: {
            use_cases: ["cyber"],
            reasons: ["user_risk"],
            retry_model: "faster-model",
          },
        }),
        text("Hello."),
      ]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "model-unknown",
    options: { catalog: false },
    async run(codex) {
      codex.model.turn(text("Hello."));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "current-time",
    options: {
      config: {
        features: {
          current_time_reminder: {
            enabled: true,
            reminder_interval_seconds: 1,
            clock_source: "external",
          },
        },
      },
    },
    async run(codex) {
      codex.model.turn(text("It is early."));
      const turnId = await codex.startTurn(await codex.startThread(), "What time is it?");
      await answer(codex, "currentTime/read", { currentTimeAt: 1_700_000_000 });
      await codex.turnEnd(turnId);
    },
  },
  {
    name: "hooks",
    options: {
      config: {
        hooks: {
          UserPromptSubmit: [{ hooks: [{ type: "command", command: "echo noted" }] }],
          PreToolUse: [{ hooks: [{ type: "command", command: "true" }] }],
        },
      },
    },
    async run(codex) {
      codex.model.turn(execCommand({ cmd: "echo hello" }), text("Done."));
      await runTurn(codex, await codex.startThread({ config: { bypass_hook_trust: true } }));
    },
  },
  {
    name: "skills-changed",
    async run(codex) {
      const { client, home } = codex;
      await codex.startThread();
      await client.request("skills/list", { cwds: [home.workspace] });
      const dir = join(home.dir, "skills", "greet");
      await mkdir(dir, { recursive: true });
      await writeFile(
        join(dir, "SKILL.md"),
        "---\nname: greet\ndescription: Greets.\n---\nSay hello.\n",
      );
      await client.event("skills/changed");
    },
  },
  {
    name: "auth-tokens-refreshed",
    options: { config: { model_providers: { scripted: { requires_openai_auth: true } } } },
    async run(codex) {
      const { client } = codex;
      await client.request("account/login/start", {
        type: "chatgptAuthTokens",
        accessToken: jwt(),
        chatgptAccountId: "account-1",
        chatgptPlanType: "pro",
      });
      codex.model.turn(httpError(401, { error: { message: "expired" } }), text("Hello."));
      const turnId = await codex.startTurn(await codex.startThread(), "Hello");
      await answer(codex, "account/chatgptAuthTokens/refresh", {
        accessToken: jwt(),
        chatgptAccountId: "account-1",
        chatgptPlanType: "pro",
      });
      await codex.turnEnd(turnId);
    },
  },
  {
    name: "attestation",
    options: {
      capabilities: { experimentalApi: true, requestAttestation: true },
      config: { model_providers: { scripted: { requires_openai_auth: true } } },
    },
    async run(codex) {
      const { client } = codex;
      await client.request("account/login/start", {
        type: "chatgptAuthTokens",
        accessToken: jwt(),
        chatgptAccountId: "account-1",
        chatgptPlanType: "pro",
      });
      codex.model.turn(text("Hello."));
      const turnId = await codex.startTurn(await codex.startThread(), "Hello");
      await answer(codex, "attestation/generate", { token: "not-a-real-token" });
      await codex.turnEnd(turnId);
    },
  },
  {
    name: "sub-agent",
    async run(codex) {
      codex.model
        .when((request) => request.lastUserText.includes("Look around"))
        .turn(text("All quiet."));
      codex.model.turn(
        functionCall("spawn_agent", { message: "Look around" }, { namespace: "multi_agent_v1" }),
        text("Sent."),
      );
      await runTurn(codex, await codex.startThread());
      await codex.client.event("turn/completed");
    },
  },
];

/** A token in form only: unsigned, and of nobody. */
function jwt(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    email: "nobody@example.com",
    exp: 4_102_444_799,
    "https://api.openai.com/auth": { chatgpt_plan_type: "pro", chatgpt_account_id: "account-1" },
  };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.none`;
}
