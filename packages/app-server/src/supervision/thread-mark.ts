/** How far a thread is known, to go on from there after a time of not hearing it. */

export type ThreadMark = {
  /** The last turn that is known. */
  readonly turnId: string;
  /** Whether its end is known. */
  readonly ended: boolean;
  /** The ids of its items whose completion is known. */
  readonly items: readonly string[];
};

/** All that is known of a thread: that something happened in it at this time (epoch ms). */
export type HeardSince = { readonly since: number };
