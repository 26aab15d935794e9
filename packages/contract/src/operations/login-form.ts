/** The ways to log in: what each needs, and what it must not be given. */
import { z } from "zod";

/** How to log in. */
export const loginMethod = z
  .enum(["apiKey", "chatgpt", "chatgptDeviceCode", "chatgptAuthTokens"])
  .describe("chatgpt: in a browser on codex's machine; chatgptDeviceCode: in one anywhere");

/** The fields each way takes besides `type`, and whether it needs them. */
const fieldsOf = {
  apiKey: { apiKey: true },
  chatgpt: {},
  chatgptDeviceCode: {},
  chatgptAuthTokens: { accessToken: true, chatgptAccountId: true, chatgptPlanType: false },
} as const satisfies Record<z.output<typeof loginMethod>, Readonly<Record<string, boolean>>>;

const secret = (what: string) =>
  z.string().trim().min(1).optional().describe(what).meta({ format: "password", writeOnly: true });

/** What a login needs, by its `type`. */
export const loginForm = z
  .strictObject({
    type: loginMethod,
    apiKey: secret("apiKey: the key"),
    accessToken: secret("chatgptAuthTokens: a token of the account"),
    chatgptAccountId: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe("chatgptAuthTokens: the account or workspace"),
    chatgptPlanType: z.string().min(1).optional().describe("chatgptAuthTokens: its plan"),
  })
  .superRefine(({ type, ...given }, context) => {
    const fields: Readonly<Record<string, boolean>> = fieldsOf[type];
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    for (const [field, needed] of Object.entries(fields)) {
      if (needed && given[field as keyof typeof given] === undefined) {
        wrong(field, `A login of type ${type} needs it`);
      }
    }
    for (const [field, value] of Object.entries(given)) {
      if (value !== undefined && !Object.hasOwn(fields, field)) {
        wrong(field, `A login of type ${type} does not take it`);
      }
    }
  });

/** What a login needs, one type for each way: what the SDK takes. */
export type LoginForm =
  | { type: "apiKey"; apiKey: string }
  | { type: "chatgpt" }
  | { type: "chatgptDeviceCode" }
  | {
      type: "chatgptAuthTokens";
      accessToken: string;
      chatgptAccountId: string;
      chatgptPlanType?: string;
    };
