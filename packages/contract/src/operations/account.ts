/** Operations on the account codex works with. What they are given and give is stored nowhere. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { askErrors, codexAnswer, codexDid, doErrors } from "./codex-answer.ts";
import { sessionFilterErrors, sessionId } from "./fields.ts";
import { loginForm, loginMethod } from "./login-form.ts";

/** Reads the account. */
export const accountGet = defineOperation({
  name: "account.get",
  summary: "Who codex is logged in as",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/account" },
  input: z.strictObject({}),
  output: codexAnswer("account/read", {
    account: z.looseObject({ type: z.string() }).nullable().describe("Null: nobody is logged in"),
    requiresOpenaiAuth: z.boolean().describe("Whether the configured provider needs a login"),
  }),
  errors: [...askErrors],
  examples: [
    {
      title: "Nobody is logged in",
      input: {},
      output: { account: null, userId: null, requiresOpenaiAuth: true, workspaceRouting: null },
    },
    { title: "An unknown field is refused", input: { full: true }, error: "invalid_request" },
  ],
});

/** Reads the limits. */
export const accountRateLimits = defineOperation({
  name: "account.rate_limits",
  summary: "How much of the account's allowance is used",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/account/rate-limits" },
  input: z.strictObject({}),
  output: codexAnswer("account/rateLimits/read", { rateLimits: z.looseObject({}) }),
  errors: [...askErrors],
  examples: [
    {
      title: "A quarter of five hours is used",
      given: "logged_in",
      input: {},
      output: {
        ordinaryUsageAllowed: true,
        rateLimits: {
          limitId: "codex",
          limitName: null,
          normalModelSlug: null,
          primary: { usedPercent: 25, windowDurationMins: 300, resetsAt: 1_767_240_000 },
          secondary: null,
          credits: null,
          individualLimit: null,
          spendControlReached: null,
          planType: "pro",
          rateLimitReachedType: null,
        },
        rateLimitsByLimitId: null,
        rateLimitResetCredits: null,
        accountId: null,
        rateLimitUpsell: null,
      },
    },
    { title: "Nobody is logged in", input: {}, error: "auth_required" },
  ],
});

/** Reads what was used. */
export const accountUsage = defineOperation({
  name: "account.usage",
  summary: "How many tokens the account used, and what one session cost",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/account/usage" },
  input: z.strictObject({
    sessionId: sessionId.optional().describe("Also what this session cost"),
  }),
  output: codexAnswer("account/usage/read", { summary: z.looseObject({}) }),
  errors: [...sessionFilterErrors, ...askErrors],
  examples: [
    { title: "Nobody is logged in", input: {}, error: "auth_required" },
    {
      title: "A month of work",
      given: "logged_in",
      input: {},
      output: {
        summary: {
          lifetimeTokens: 1_200_000,
          peakDailyTokens: 90_000,
          longestRunningTurnSec: 1800,
          currentStreakDays: 3,
          longestStreakDays: 9,
        },
        dailyUsageBuckets: [{ startDate: "2026-01-01", tokens: 90_000 }],
      },
    },
  ],
});

/** Starts a login. */
export const accountLoginStart = defineOperation({
  name: "account.login.start",
  summary: "Log codex in: with a key, in a browser, by a code, or with tokens of the caller's",
  intent: "write",
  idempotent: false,
  hasSecrets: true,
  http: { method: "POST", path: "/api/account/login/start" },
  input: loginForm,
  output: codexDid(
    codexAnswer("account/login/start", {
      type: loginMethod,
      loginId: z.string().optional().describe("What account.login.cancel takes"),
      authUrl: z.string().optional().describe("chatgpt: to be opened in a browser"),
      verificationUrl: z.string().optional().describe("chatgptDeviceCode: where to give the code"),
      userCode: z.string().optional().describe("chatgptDeviceCode: the code to give"),
    }),
  ),
  errors: [...doErrors],
  examples: [
    {
      title: "A key is enough",
      input: { type: "apiKey", apiKey: "sk-example" },
      output: { status: "ok", result: { type: "apiKey" } },
    },
    {
      title: "A page to log in at",
      given: "logged_in",
      input: { type: "chatgpt" },
      output: {
        status: "ok",
        result: {
          type: "chatgpt",
          loginId: "01990000-0000-7000-8000-0000000010c1",
          authUrl: "https://auth.openai.com/oauth/authorize?state=1",
        },
      },
    },
    {
      title: "A field of another form is refused",
      input: { type: "chatgpt", apiKey: "sk-example" },
      error: "invalid_request",
    },
    {
      title: "A form without its field is refused",
      input: { type: "chatgptAuthTokens", accessToken: "eyJ" },
      error: "invalid_request",
    },
  ],
});

/** Gives a login up. */
export const accountLoginCancel = defineOperation({
  name: "account.login.cancel",
  summary: "Give up a login that is under way",
  intent: "write",
  idempotent: false,
  http: { method: "POST", path: "/api/account/login/cancel" },
  input: z.strictObject({
    loginId: z.string().min(1).max(200).describe("As account.login.start gave it"),
  }),
  output: codexDid(codexAnswer("account/login/cancel", { status: z.string() })),
  errors: ["login_not_found", ...doErrors],
  examples: [
    {
      title: "A login is given up",
      given: "logged_in",
      input: { loginId: "01990000-0000-7000-8000-0000000010c1" },
      output: { status: "ok", result: { status: "canceled" } },
    },
    {
      title: "No such login is under way",
      input: { loginId: "01990000-0000-7000-8000-0000000010c2" },
      error: "login_not_found",
    },
  ],
});

/** Logs out. */
export const accountLogout = defineOperation({
  name: "account.logout",
  summary: "Log codex out and forget its credentials",
  intent: "destroy",
  idempotent: true,
  http: { method: "POST", path: "/api/account/logout" },
  input: z.strictObject({}),
  output: codexDid(codexAnswer("account/logout")),
  errors: [...doErrors],
  examples: [
    { title: "Logged out", input: {}, output: { status: "ok", result: {} } },
    { title: "An unknown field is refused", input: { all: true }, error: "invalid_request" },
  ],
});
