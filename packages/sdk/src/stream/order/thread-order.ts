/**
 * Threads side by side, each in order. Every thread with events that wait is a lane; so many lanes
 * run at a time, and take turns after each event. What waits is bounded as a whole. At the bound the
 * run waits, unless one thread alone has more than half: that one lets go of its events and reads
 * them again from the hub once it goes on, so that a stuck thread stops no other.
 */
import { formatCursor, type Position, parseCursor } from "@signalbox/contract";
import type { ConnectionEvent } from "../connection-event.ts";
import type { InboxLimits } from "../inbox.ts";
import { type BacklogOptions, type BacklogPage, readBacklog } from "./backlog.ts";
import type { ArrivedEvent, EventOrder } from "./event-order.ts";
import type { HandleEvent } from "./global-order.ts";
import { type Behind, Lane } from "./lane.ts";

/** What it is made of. */
export interface ThreadOrderOptions extends BacklogOptions {
  /** Lanes that run at a time. */
  readonly lanes: number;
  /** Bounds of what waits, the events being handled included. */
  readonly limits: InboxLimits;
  readonly handle: HandleEvent;
  /** Called each time `handled` may have moved. */
  readonly onHandled: () => void;
  /** Tells of a thread that is behind, and of what of it can't be had. */
  readonly tell: (notice: ConnectionEvent) => Promise<void>;
}

/** See above. */
export class ThreadOrder implements EventOrder {
  readonly #options: ThreadOrderOptions;
  readonly #lanes = new Map<string | null, Lane>();
  readonly #ready: Lane[] = [];
  #running = 0;
  #waiting = 0;
  #characters = 0;
  #behind = 0;
  #epoch: string | undefined;
  #seq = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: ThreadOrderOptions) {
    this.#options = options;
  }

  /** Looks at every lane, so ask when it matters and not for each event. */
  get handled(): Position | undefined {
    if (this.#epoch === undefined) return undefined;
    let seq = this.#seq;
    for (const { first, behind } of this.#lanes.values()) {
      if (first !== undefined) seq = Math.min(seq, first.event.seq - 1);
      else if (behind !== undefined) seq = Math.min(seq, behind.after.seq);
    }
    return { epoch: this.#epoch, seq };
  }

  take(arrived: ArrivedEvent): Promise<void> | undefined {
    this.#epoch = arrived.epoch;
    this.#seq = Math.max(this.#seq, arrived.completes);
    const { threadId, seq } = arrived.event;
    const lane = this.#laneOf(threadId);
    if (lane.behind !== undefined) {
      lane.behind.upTo = seq;
      return undefined;
    }
    if (seq <= lane.readUpTo) return undefined;
    this.#add(lane, arrived);
    if (this.#isFull) this.#letLongestGo();
    if (!this.#isFull) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  pass({ epoch, seq }: Position): void {
    // A new epoch comes with a gap, before which every lane has come to its end.
    if (epoch !== this.#epoch) {
      this.#lanes.clear();
      this.#epoch = epoch;
      this.#seq = seq;
    }
    this.#seq = Math.max(this.#seq, seq);
    this.#options.onHandled();
  }

  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  get #isFull(): boolean {
    const { events, characters } = this.#options.limits;
    return this.#waiting >= events || this.#characters >= characters;
  }

  get #isIdle(): boolean {
    return this.#waiting === 0 && this.#behind === 0;
  }

  #laneOf(threadId: string | null): Lane {
    let lane = this.#lanes.get(threadId);
    if (lane === undefined) {
      lane = new Lane(threadId);
      this.#lanes.set(threadId, lane);
    }
    return lane;
  }

  #add(lane: Lane, arrived: ArrivedEvent): void {
    lane.push(arrived);
    this.#waiting += 1;
    this.#characters += arrived.size;
    this.#getReady(lane);
  }

  #getReady(lane: Lane): void {
    if (lane.isRunning || lane.isReady) return;
    lane.isReady = true;
    this.#ready.push(lane);
    this.#start();
  }

  #start(): void {
    while (this.#running < this.#options.lanes) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      lane.isReady = false;
      void this.#run(lane);
    }
  }

  async #run(lane: Lane): Promise<void> {
    lane.isRunning = true;
    this.#running += 1;
    for (let arrived = lane.first; arrived !== undefined; arrived = lane.first) {
      // Not handled: the run was stopped. The event stays the first, as what is not handled yet.
      if (!(await this.#options.handle(arrived))) return;
      lane.shift();
      this.#waiting -= 1;
      this.#characters -= arrived.size;
      this.#options.onHandled();
      this.#makeRoom();
      if (this.#ready.length > 0) break;
    }
    lane.isRunning = false;
    this.#running -= 1;
    this.#goOn(lane);
    this.#start();
  }

  #goOn(lane: Lane): void {
    if (lane.length > 0) this.#getReady(lane);
    else if (lane.behind !== undefined) void this.#catchUp(lane, lane.behind);
    // Kept while the stream may bring again what was read.
    else if (lane.readUpTo <= this.#seq) this.#lanes.delete(lane.threadId);
    this.#settleIdle();
  }

  #makeRoom(): void {
    if (this.#room === undefined || this.#isFull) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  #settleIdle(): void {
    if (this.#idle === undefined || !this.#isIdle) return;
    this.#idle.resolve();
    this.#idle = undefined;
  }

  #letLongestGo(): void {
    const { events, characters } = this.#options.limits;
    const lane = [...this.#lanes.values()].find(
      ({ threadId, behind, length, size }) =>
        threadId !== null && behind === undefined && (length > events / 2 || size > characters / 2),
    );
    if (lane === undefined) return;
    const { length, size } = lane;
    if (!lane.letGo() || lane.behind === undefined) return;
    this.#behind += 1;
    this.#waiting -= length - lane.length;
    this.#characters -= size - lane.size;
    const { after, upTo } = lane.behind;
    const { threadId } = lane;
    void this.#options.tell({ type: "lagging", threadId, seq: after.seq, head: upTo });
  }

  async #catchUp(lane: Lane, behind: Behind): Promise<void> {
    const threadId = lane.threadId ?? "";
    const read = await readBacklog(threadId, behind.after, this.#options);
    if (read === undefined) return;
    const { gap, cursor } = read.page;
    const position = parseCursor(cursor);
    // The run's own stream tells of a new epoch, and that nothing of the old one can be had.
    const isOver = position.epoch !== behind.after.epoch;
    if (gap !== undefined && !isOver) {
      const { reason, from, to } = gap;
      await this.#options.tell({ type: "gap", threadId, reason, from, to });
    }
    if (!isOver) this.#takeBack(lane, read);
    if (isOver || position.seq >= behind.upTo) {
      lane.behind = undefined;
      lane.readUpTo = isOver ? 0 : position.seq;
      this.#behind -= 1;
      if (!isOver) void this.#options.tell({ type: "caught_up", threadId, seq: position.seq });
    } else {
      behind.after = position;
    }
    this.#options.onHandled();
    this.#goOn(lane);
  }

  #takeBack(lane: Lane, { events, page }: BacklogPage): void {
    const { epoch } = parseCursor(page.cursor);
    for (const event of events) {
      const { seq } = event;
      const cursor = formatCursor({ epoch, seq });
      this.#add(lane, { event, cursor, reconnects: 0, size: 0, epoch, completes: seq });
    }
  }
}
