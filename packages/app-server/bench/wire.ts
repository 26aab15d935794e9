/** The lines of a busy app-server, as bytes: turns that stream text, interleaved. */

const THREAD = "019a7c1e-0000-7000-8000-00000000";

export const threadIdOfTurn = (turn: number): string => `${THREAD}${String(turn).padStart(4, "0")}`;
export const turnIdOfTurn = (turn: number): string =>
  `019a7c1f-0000-7000-8000-00000000${String(turn).padStart(4, "0")}`;

/** Deltas of `turns` turns in turn, `events` in all, in chunks as a pipe delivers them. */
export function deltaChunks(events: number, turns: number): Buffer[] {
  const words = [
    "Reading ",
    "the ",
    "file ",
    "`src/index.ts`, ",
    "then ",
    "naïve ",
    "checks",
    ".\n",
  ];
  const lines: string[] = [];
  for (let n = 0; n < events; n++) {
    const turn = n % turns;
    lines.push(
      JSON.stringify({
        method: "item/agentMessage/delta",
        params: {
          threadId: threadIdOfTurn(turn),
          turnId: turnIdOfTurn(turn),
          itemId: `msg_${turn}`,
          delta: words[n % words.length],
        },
        emittedAtMs: 1_763_700_000_000 + n,
      }),
    );
  }
  return toChunks(Buffer.from(`${lines.join("\n")}\n`));
}

/** The bytes in pieces of 64 KiB, the size of a pipe. */
export function toChunks(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 65_536)
    chunks.push(bytes.subarray(start, start + 65_536));
  return chunks;
}
