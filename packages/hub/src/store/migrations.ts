/**
 * The tables, as numbered steps. A step that has been released is never changed: the next change is
 * the next number. Those of the first step are in `tables`. Times are epoch milliseconds where nothing
 * else is said.
 */
import { calls } from "./tables/calls.ts";
import { inbox } from "./tables/inbox.ts";
import { journal } from "./tables/journal.ts";
import { messages } from "./tables/messages.ts";
import { requests } from "./tables/requests.ts";
import { sessions } from "./tables/sessions.ts";
import { transcripts } from "./tables/transcripts.ts";
import { triggers } from "./tables/triggers.ts";

/** One step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** All steps, in order from 1. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: [journal, sessions, transcripts, requests, messages, calls, triggers, inbox].join("\n"),
  },
];
