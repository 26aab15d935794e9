/**
 * Takes out of captured messages what belongs to one machine and one moment, and leaves their shape.
 *
 * The same id stands for the same thing throughout a transcript; every id, time and path keeps the
 * form it had, so that whatever parses them goes on doing so.
 */

/** What is known of the machine, each with what is to stand in its place. */
export type KnownTexts = readonly (readonly [text: string, placeholder: string])[];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const DATE_PATH = /\b\d{4}\/\d{2}\/\d{2}\b/g;
const DATE_TIME = /\b\d{4}-\d{2}-\d{2}T\d{2}[-:]\d{2}[-:]\d{2}(?:\.\d+)?(Z?)/g;
const DATE = /\b20\d{2}-\d{2}-\d{2}\b/g;
const USER_AGENT = /\([^()]*; [\w-]+\) [\w.-]+ \(/g;
const LOOPBACK_PORT = /(127\.0\.0\.1(?::|%3A))\d+/g;
/** What an OAuth client makes up for one login. */
const ONE_TIME = /(\bstate=|\bcode_challenge=|%2Fcallback%2F)[\w-]+/g;
const SHA256 = /\bsha256:[0-9a-f]{64}\b/g;
const EPOCH_MS = 1_700_000_000_000;
const EPOCH_S = 1_700_000_000;

/** Normalises the messages of one transcript, in their order. */
export class Normaliser {
  readonly #known: KnownTexts;
  readonly #uuids = new Map<string, string>();
  readonly #handles = new Map<string, string>();

  /** Longer texts are replaced before shorter ones. */
  constructor(known: KnownTexts) {
    this.#known = [...known].sort(([a], [b]) => b.length - a.length);
  }

  /** A copy of the value with placeholders in it. `key` is the name it stands under, if any. */
  value(value: unknown, key = ""): unknown {
    if (typeof value === "string") return this.#text(value, key);
    if (typeof value === "number") return toStableNumber(value, key);
    if (Array.isArray(value)) return value.map((entry) => this.value(entry));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [this.#text(name, ""), this.value(inner, name)]),
    );
  }

  #text(text: string, key: string): string {
    // A number that the system gave to a process.
    if (key === "processId" && /^\d+$/.test(text)) {
      return named(this.#handles, text, (index) => String(1000 + index));
    }
    let stable = text;
    for (const [known, placeholder] of this.#known) stable = stable.replaceAll(known, placeholder);
    return stable
      .replace(UUID, (uuid) =>
        named(this.#uuids, uuid, (index) => {
          return `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
        }),
      )
      .replace(DATE_PATH, "2023/11/14")
      .replace(DATE_TIME, (whole, zone: string) =>
        whole.includes(":") ? `2023-11-14T22:13:20${zone}` : "2023-11-14T22-13-20",
      )
      .replace(DATE, "2023-11-14")
      .replace(LOOPBACK_PORT, "$18080")
      .replace(ONE_TIME, "$1placeholder")
      .replace(SHA256, `sha256:${"0".repeat(64)}`)
      .replace(USER_AGENT, "(Linux 6.0; x86_64) unknown (");
  }
}

function named(names: Map<string, string>, of: string, make: (index: number) => string): string {
  const name = names.get(of) ?? make(names.size + 1);
  names.set(of, name);
  return name;
}

function toStableNumber(value: number, key: string): number {
  if (key === "durationMs") return 1;
  // Moments are told from other numbers by their size: the years from 2020 to 2099.
  if (value > 1_577_836_800_000 && value < 4_102_444_800_000) return EPOCH_MS;
  if (value > 1_577_836_800 && value < 4_102_444_800) return EPOCH_S;
  return value;
}
