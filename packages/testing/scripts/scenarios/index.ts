/**
 * Every scenario there is a transcript of.
 */
import type { Scenario } from "../scenario.ts";
import { commands } from "./commands.ts";
import { connection } from "./connection.ts";
import { notices } from "./notices.ts";
import { requests } from "./requests.ts";
import { services } from "./services.ts";
import { threads } from "./threads.ts";
import { turns } from "./turns.ts";

export const scenarios: readonly Scenario[] = [
  ...turns,
  ...requests,
  ...threads,
  ...commands,
  ...connection,
  ...notices,
  ...services,
];
