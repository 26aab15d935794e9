/** Which of the known words somebody may have meant. */

/** The nearest ones, three at most, the nearest first: few letters away, or beginning alike. */
export function nearWords(word: string, known: readonly string[]): readonly string[] {
  return [...new Set(known)]
    .map((other) => ({ other, away: distance(word, other) }))
    .filter(({ other, away }) => away <= Math.max(1, Math.min(word.length, other.length) * 0.4))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ other }) => other);
}

/** How many letters must be added, taken out, changed or swapped with the next. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change);
      if (one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1] && i > 1 && j > 1) {
        best = Math.min(best, before[j - 2]! + 1);
      }
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[other.length]!;
}
