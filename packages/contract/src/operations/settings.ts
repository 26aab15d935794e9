/** Operations on free settings: read all or one, merge, replace, set one, unset one. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import * as fields from "./fields.ts";
import { settingsDocument, settingsKey, settingsValue } from "./settings-fields.ts";

const scope = z.enum(["session", "default"]);
const settings = z.record(z.string(), z.unknown()).describe("All settings of the scope");
const status = z.enum(["ok", "unchanged"]);

/** Reads settings. */
export const sessionsSettingsGet = defineOperation({
  name: "sessions.settings.get",
  summary: "Read a session's settings, or one of them",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/sessions/:sessionId/settings" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    scope: fields.settingsScope,
    key: settingsKey.optional().describe("Only this one"),
  }),
  output: z.union([
    z.object({
      status: z.literal("ok"),
      sessionId: z.string(),
      scope,
      key: z.string(),
      found: z.boolean().describe("False tells an absent setting from one that is null"),
      value: z.unknown().describe("Null when absent"),
    }),
    z.object({ status: z.literal("ok"), sessionId: z.string(), scope, settings }),
  ]),
  errors: fields.sessionReadErrors,
  examples: [
    {
      title: "All settings of a session",
      given: "session",
      input: { sessionId: exampleIds.sessionId },
      output: { status: "ok", sessionId: exampleIds.sessionId, scope: "session", settings: {} },
    },
    {
      title: "One that is not there",
      given: "session",
      input: { sessionId: exampleIds.sessionId, key: "team" },
      output: {
        status: "ok",
        sessionId: exampleIds.sessionId,
        scope: "session",
        key: "team",
        found: false,
        value: null,
      },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId },
      error: "session_not_found",
    },
  ],
});

/** Sets settings. */
export const sessionsSettingsSet = defineOperation({
  name: "sessions.settings.set",
  summary: "Set settings of a session: several at once (settings), or one (key and value)",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/sessions/:sessionId/settings" },
  input: z
    .strictObject({
      sessionId: fields.sessionId,
      scope: fields.settingsScope,
      settings: settingsDocument.optional(),
      mode: z
        .enum(["merge", "replace"])
        .optional()
        .describe("With settings: merge (default) keeps those that are not named"),
      key: settingsKey.optional(),
      value: settingsValue.optional().describe("With key: any JSON value, null is kept as null"),
      actor: fields.actor.optional(),
      source: fields.source.optional(),
    })
    .check(({ value: input, issues }) => {
      const wrong = (path: string, message: string) =>
        issues.push({ code: "custom", input, path: [path], message });
      const { key, settings, mode } = input;
      if (settings !== undefined && key !== undefined) {
        wrong("key", "Give either settings, or key and value");
      } else if (settings === undefined && key === undefined) {
        wrong("settings", "Give settings, or key and value");
      } else if (key !== undefined && !Object.hasOwn(input, "value")) {
        wrong("value", "Give the value of the key; null is a value");
      }
      if (settings === undefined && mode !== undefined) wrong("mode", "Goes with settings only");
      if (key === undefined && Object.hasOwn(input, "value")) wrong("value", "Goes with key only");
    }),
  output: z.object({
    status,
    sessionId: z.string(),
    scope,
    key: z.string().optional().describe("The one that was set, where one was named"),
    settings,
  }),
  errors: [...fields.sessionWriteErrors, "locked", "settings_too_large"],
  examples: [
    {
      title: "One setting",
      given: "session",
      input: { sessionId: exampleIds.sessionId, key: "team", value: { lead: "ann" } },
      output: {
        status: "ok",
        sessionId: exampleIds.sessionId,
        scope: "session",
        key: "team",
        settings: { team: { lead: "ann" } },
      },
    },
    {
      title: "Several at once",
      given: "session",
      input: { sessionId: exampleIds.sessionId, settings: { team: null, color: "blue" } },
      output: {
        status: "ok",
        sessionId: exampleIds.sessionId,
        scope: "session",
        settings: { team: null, color: "blue" },
      },
    },
    {
      title: "A key without a value is refused",
      given: "session",
      input: { sessionId: exampleIds.sessionId, key: "team" },
      error: "invalid_request",
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, settings: {} },
      error: "session_not_found",
    },
  ],
});

/** Removes a setting. */
export const sessionsSettingsUnset = defineOperation({
  name: "sessions.settings.unset",
  summary: "Remove one setting of a session",
  intent: "write",
  idempotent: true,
  http: { method: "DELETE", path: "/api/sessions/:sessionId/settings/:key" },
  input: z.strictObject({
    sessionId: fields.sessionId,
    key: settingsKey,
    scope: fields.settingsScope,
    actor: fields.actor.optional(),
    source: fields.source.optional(),
  }),
  output: z.object({
    status,
    sessionId: z.string(),
    scope,
    key: z.string(),
    removed: z.boolean().describe("False when it was not there"),
    settings,
  }),
  errors: [...fields.sessionWriteErrors, "locked"],
  examples: [
    {
      title: "One that is not there",
      given: "session",
      input: { sessionId: exampleIds.sessionId, key: "team" },
      output: {
        status: "unchanged",
        sessionId: exampleIds.sessionId,
        scope: "session",
        key: "team",
        removed: false,
        settings: {},
      },
    },
    {
      title: "No such session",
      input: { sessionId: exampleIds.unknownSessionId, key: "team" },
      error: "session_not_found",
    },
  ],
});
