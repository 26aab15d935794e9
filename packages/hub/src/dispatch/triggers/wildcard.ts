/**
 * Patterns with `*` and `?`. A text is gone through once for each star at most, so that no pattern
 * and no text of an agent's can hold the hub up, as a regular expression could.
 */

/** Characters of a text that are looked at; a longer one matches nothing. */
export const longestText = 100_000;

/** Whether a pattern is the whole text: `*` is any text, `?` any one character. */
export function wildcard(pattern: string, text: string): boolean {
  if (text.length > longestText) return false;
  let p = 0;
  let t = 0;
  /** The last star, and where what it stands for ends. */
  let star = -1;
  let starEnd = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p;
      starEnd = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      // The star takes one character more.
      starEnd += 1;
      t = starEnd;
      p = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
