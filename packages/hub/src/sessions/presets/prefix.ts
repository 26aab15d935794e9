/** Titles with a prefix that knows where a session works. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What a prefix can name. */
export interface PrefixFacts {
  readonly cwd: string;
  /** The last preset. */
  readonly preset: string | undefined;
}

/** Variables of a prefix. */
export const prefixVariables = ["cwd.repo", "cwd.basename", "preset"] as const;

/** The prefix with its variables filled in, or the variable that there is not. */
export function fillPrefix(
  prefix: string,
  { cwd, preset = "" }: PrefixFacts,
): { readonly text: string } | { readonly unknown: string } {
  const values: Readonly<Record<(typeof prefixVariables)[number], () => string>> = {
    "cwd.repo": () => basename(repositoryOf(cwd) ?? cwd),
    "cwd.basename": () => basename(cwd),
    preset: () => preset,
  };
  let unknown: string | undefined;
  const text = prefix.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    if (Object.hasOwn(values, name)) return values[name as keyof typeof values]();
    unknown ??= name;
    return "";
  });
  return unknown === undefined ? { text: text.trim() } : { unknown };
}

/** A title with its prefix; one that has it already stays as it is. */
export function withPrefix(prefix: string, title: string): string {
  return prefix === "" || title.startsWith(prefix) ? title : `${prefix} ${title}`;
}

/** The nearest folder above that holds a repository. */
function repositoryOf(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
