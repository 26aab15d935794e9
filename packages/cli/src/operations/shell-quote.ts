/** Words as a POSIX shell takes them. */

/** One word, in single quotes where it needs any. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
