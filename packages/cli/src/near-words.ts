/** Which of the known words somebody may have meant. */
import { distance } from "fastest-levenshtein";

/** The nearest ones, three at most, the nearest first: two letters away, or few for their length. */
export function nearWords(word: string, known: readonly string[]): readonly string[] {
  return [...new Set(known)]
    .map((other) => ({ other, away: distance(word, other) }))
    .filter(({ other, away }) => away <= Math.max(2, Math.min(word.length, other.length) * 0.4))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ other }) => other);
}
