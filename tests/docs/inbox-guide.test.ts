/** The guide to subscriptions and inboxes is true: its words and numbers are the code's. */
import { subscriptionWords } from "@signalbox/contract";
import { expect, test } from "vitest";
import {
  keptFor,
  maxNotices,
  pendingKeptFor,
} from "../../packages/hub/src/dispatch/inbox/notice-store.ts";
import { longestNotice } from "../../packages/hub/src/dispatch/inbox/notice-text.ts";
import { readGuide, rowsIn } from "./guide.ts";

const guide = readGuide("inbox");
const day = 24 * 60 * 60 * 1_000;

test("the table of when has every word", () => {
  expect(rowsIn(guide, "`when`").map(([word]) => word)).toEqual(
    subscriptionWords.map((word) => `\`${word}\``),
  );
});

test("its numbers are the code's", () => {
  for (const said of [
    `${longestNotice.toLocaleString("en")} characters at most`,
    `kept ${keptFor / day} days, pending ones ${pendingKeptFor / day}, and ${maxNotices.toLocaleString("en")} in all`,
  ]) {
    expect(guide).toContain(said);
  }
});
