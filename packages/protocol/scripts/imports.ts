/**
 * Codex generates imports without extensions and of whole folders ("./v2"). Under `nodenext` a
 * consumer's compiler does not resolve those and every type behind them silently becomes `any`,
 * so each relative path is spelled out to the file it means.
 */
import { posix } from "node:path";
import type { FileSet } from "./codex.ts";

/** The same files with every relative import naming an existing `.ts` file; throws when one cannot. */
export function spellOutImports(files: FileSet): FileSet {
  const rewritten = new Map<string, string>();
  for (const [path, text] of files) {
    const body = text.replace(
      /(\bfrom\s*|\bimport\s*\(\s*|^import\s*)"(\.{1,2}\/[^"]*)"/gm,
      (_, before: string, specifier: string) => `${before}"${spellOut(path, specifier, files)}"`,
    );
    rewritten.set(path, body);
  }
  return rewritten;
}

function spellOut(importer: string, specifier: string, files: FileSet): string {
  for (const candidate of [`${specifier}.ts`, `${specifier}/index.ts`]) {
    if (files.has(posix.join(posix.dirname(importer), candidate))) return candidate;
  }
  throw new Error(`${importer} imports "${specifier}", which is none of the generated files.`);
}
