/** The guides as texts, and what stands in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../docs/guides");

/** The names of all guides. */
export const guideNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".md"))
  .map((file) => file.slice(0, -3));

/** One guide. */
export function readGuide(name: string): string {
  return readFileSync(join(folder, `${name}.md`), "utf8");
}

/** What stands in the fenced blocks of a language. */
export function blocksIn(guide: string, language: string): string[] {
  const blocks = guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...blocks].map(([, block = ""]) => block);
}

/** What is marked as code in a text. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The rows of the first table whose heading begins with this cell. */
export function rowsIn(guide: string, heading: string): string[][] {
  const lines = guide.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows = start < 0 ? [] : lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}
