/**
 * What agents and other programs wrote, made safe for a terminal: without the control characters that
 * could move the cursor, change what stands there already or reach the clipboard.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text of several lines. */
export function safeText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(controls, "\ufffd");
}

/** The same in one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll(/[\n\t]+/g, " ");
}
