/**
 * A part of a session's settings by a dotted path, such as `ui.colors.border`. The hub knows settings by
 * their first part only, so a change of something deeper reads that one, changes it and sets it: two
 * programs that change parts of one setting at the same time overwrite each other.
 */
import { SignalboxError } from "@signalbox/contract";
import type { SessionScopeMethods } from "../call/methods.ts";

/** Whose settings. */
export interface NamespaceOptions {
  /** Default: the session's own. */
  readonly scope?: "session" | "default";
}

type Settings = SessionScopeMethods["settings"];
type Fields = Readonly<Record<string, unknown>>;

/** What stands at a path of a session's settings. */
export class SettingsNamespace {
  readonly #settings: Settings;
  readonly #key: string;
  readonly #rest: readonly string[];

  /** Throws `invalid_request` for a path with an empty part. */
  constructor(settings: Settings, path: string) {
    const [key = "", ...rest] = path.split(".");
    if ([key, ...rest].some((part) => part === "" || part === "__proto__")) {
      throw new SignalboxError(
        "invalid_request",
        `${JSON.stringify(path)} is not a path of settings: give names with dots between them.`,
      );
    }
    this.#settings = settings;
    this.#key = key;
    this.#rest = rest;
  }

  /** What stands there; undefined when nothing does. A null that was set is null. */
  async get(options: NamespaceOptions = {}): Promise<unknown> {
    const answer = await this.#settings.get({ ...options, key: this.#key });
    if (!("found" in answer) || !answer.found) return undefined;
    return this.#rest.reduce<unknown>(
      (value, part) => (isFields(value) && Object.hasOwn(value, part) ? value[part] : undefined),
      answer.value,
    );
  }

  /** Puts a value there, in place of what stands there. What stands in the way and is no object gives way. */
  async set(value: unknown, options: NamespaceOptions = {}): Promise<void> {
    await this.#change(options, () => value);
  }

  /** Merges an object into what stands there, field by field, deep; other values are replaced. */
  async merge(patch: Fields, options: NamespaceOptions = {}): Promise<void> {
    await this.#change(options, (value) => merged(value, patch));
  }

  /** Takes away what stands there. False when nothing did. */
  async unset(options: NamespaceOptions = {}): Promise<boolean> {
    if (this.#rest.length === 0) {
      return (await this.#settings.unset({ ...options, key: this.#key })).removed;
    }
    const root = await new SettingsNamespace(this.#settings, this.#key).get(options);
    const changed = without(root, this.#rest);
    if (changed === undefined) return false;
    await this.#settings.set({ ...options, key: this.#key, value: changed });
    return true;
  }

  async #change(options: NamespaceOptions, change: (value: unknown) => unknown): Promise<void> {
    const root = await new SettingsNamespace(this.#settings, this.#key).get(options);
    const value = replaced(root, this.#rest, change);
    await this.#settings.set({ ...options, key: this.#key, value });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Not what every object inherits, such as `constructor`. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function replaced(
  value: unknown,
  [part, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (part === undefined) return change(value);
  const fields = isFields(value) ? value : {};
  return { ...fields, [part]: replaced(own(fields, part), rest, change) };
}

function merged(value: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const fields = isFields(value) ? value : {};
  const changes = Object.entries(patch).map(([name, part]) => [
    name,
    merged(own(fields, name), part),
  ]);
  return { ...fields, ...Object.fromEntries(changes) };
}

/** The value without what stands at a path in it; undefined when nothing does. */
function without(value: unknown, [part, ...rest]: readonly string[]): unknown {
  if (part === undefined || !isFields(value) || !Object.hasOwn(value, part)) return undefined;
  const { [part]: inner, ...others } = value;
  if (rest.length === 0) return others;
  const changed = without(inner, rest);
  return changed === undefined ? undefined : { ...value, [part]: changed };
}
