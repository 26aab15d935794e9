/**
 * A command line as the words it runs, where it runs exactly one program with exactly these words.
 * Whatever a shell would make more of is not read: a rule must never match what it does not see.
 */

const shells = new Set(
  ["bash", "sh", "zsh"].flatMap((shell) => [
    shell,
    `/bin/${shell}`,
    `/usr/bin/${shell}`,
    `/usr/local/bin/${shell}`,
  ]),
);

/**
 * The words of a command. Codex wraps what the model wrote in a shell (`bash -lc 'git status'`);
 * that is taken off, once. Undefined for lists, pipes, redirections, substitutions, expansions,
 * patterns, comments and assignments, and for what is not a whole command.
 */
export function toSimpleCommand(command: string | readonly string[]): string[] | undefined {
  const words = typeof command === "string" ? splitWords(command) : [...command];
  if (words === undefined || words.length === 0) return undefined;
  const [shell, flag, script] = words;
  if (!shells.has(shell!)) return isAssignment(shell!) ? undefined : words;
  if (words.length !== 3 || (flag !== "-lc" && flag !== "-c")) return undefined;
  const inner = splitWords(script!);
  if (inner === undefined || inner.length === 0 || isAssignment(inner[0]!)) return undefined;
  return shells.has(inner[0]!) ? undefined : inner;
}

function isAssignment(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*(\[.*\])?\+?=/s.test(word);
}

/** A character that stands for itself without quotes, wherever it is in a word. */
const plain = /^[A-Za-z0-9_@%+:,./=-]$/;

/** Splits into words as a POSIX shell does. Undefined where the line is more than words. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === " " || char === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (char === "'" || char === '"') {
      const end = line.indexOf(char, at + 1);
      const quoted = line.slice(at + 1, end);
      if (end < 0 || (char === '"' && /[$`\\!]/.test(quoted))) return undefined;
      word = (word ?? "") + quoted;
      at = end;
      continue;
    }
    if (char === "\\") {
      const next = line[++at];
      if (next === undefined || next === "\n") return undefined;
      word = (word ?? "") + next;
      continue;
    }
    // zsh looks a word that begins with = up as a program.
    if (!plain.test(char)) return undefined;
    if (word === undefined && char === "=") return undefined;
    word = (word ?? "") + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}
