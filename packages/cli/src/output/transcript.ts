/** What was said in a session, as people read it. */
import type { TranscriptEntry } from "@signalbox/contract";
import type { Paint } from "./paint.ts";
import { safeLine, safeText } from "./safe-text.ts";
import { showValue } from "./show-value.ts";

/** Who and when, then the text; an empty line between entries. */
export function toTranscript(entries: readonly TranscriptEntry[], paint: Paint): string {
  return entries
    .map(({ role, type, content, startedAt, status }) => {
      const what = /message$/i.test(type) ? role : `${role}, ${type}`;
      const end = status === "complete" ? "" : ` (${status})`;
      const head = `${paint.bold(safeLine(what))}  ${paint.dim(showValue("at", startedAt, "people") + end)}`;
      return content === "" ? head : `${head}\n${safeText(content)}`;
    })
    .join("\n\n");
}
