/** Which command the demo lets codex run: its own, and nothing else. */

/**
 * Whether a command line is this command: as it stands, or as the one argument a shell is given
 * (`/bin/bash -lc '...'`), which is how codex words what it asks about.
 */
export function isOwnCommand(asked: string | null | undefined, own: string): boolean {
  if (asked === null || asked === undefined) return false;
  if (asked.trim() === own) return true;
  const wrapped = /^\s*(?:\/(?:usr\/)?(?:local\/)?bin\/)?(?:ba|z|da)?sh\s+-l?c\s+(.+?)\s*$/s.exec(
    asked,
  )?.[1];
  return wrapped !== undefined && unquote(wrapped) === own;
}

/** The value of one shell word, or undefined for what is more than one or expands to something. */
function unquote(word: string): string | undefined {
  let value = "";
  let rest = word;
  while (rest !== "") {
    const part =
      /^'([^']*)'|^"((?:[^"\\$`]|\\["\\$`]|\\[^"\\$`])*)"|^\\(.)|^([\w%+,./:=@-]+)/s.exec(rest);
    if (part === null) return undefined;
    const [whole, single, double, escaped, bare] = part;
    value += single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? bare ?? "";
    rest = rest.slice(whole.length);
  }
  return value;
}
