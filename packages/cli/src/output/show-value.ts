/** Single values as people and as programs that read lines have them. */
import { safeLine } from "./safe-text.ts";

/** One value in one line; of a time (by its field's name) the time. */
export function showValue(name: string, value: unknown, style: "people" | "lines"): string {
  if (value === null || value === undefined) return style === "people" ? "-" : "";
  if (typeof value === "number" && isTimeField(name)) return showTime(value, style);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return style === "people" ? safeLine(text) : escapeLine(text);
}

/** Whether a field's number is a time: `at`, `createdAt`. */
function isTimeField(name: string): boolean {
  return /(^at|At)$/.test(name);
}

// Codex's own times are seconds, the hub's are milliseconds; neither reaches into the other's range.
const leastMilliseconds = 100_000_000_000;

function showTime(value: number, style: "people" | "lines"): string {
  const time = new Date(value < leastMilliseconds ? value * 1_000 : value);
  if (Number.isNaN(time.getTime())) return String(value);
  if (style === "lines") return time.toISOString();
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

/** A text without what would break a line into several or a row into more cells. */
function escapeLine(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
}
