/** Chooses a run's order by what its options say. */
import { SignalboxError } from "@signalbox/contract";
import { checkCount } from "../../count.ts";
import type { EventOrder, Ordering } from "./event-order.ts";
import { GlobalOrder } from "./global-order.ts";
import { ThreadOrder, type ThreadOrderOptions } from "./thread-order.ts";

/** Threads handled at a time, where nothing else is given. */
const defaultLanes = 16;

/** Throws `invalid_request` for an ordering there is not, and for lanes that are no number from 1. */
export function createOrder(
  ordering: Ordering,
  {
    lanes = defaultLanes,
    ...options
  }: Omit<ThreadOrderOptions, "lanes"> & { lanes?: number | undefined },
): EventOrder {
  checkCount("lanes", lanes, "the threads handled at a time");
  switch (ordering) {
    case "global":
      return new GlobalOrder(options.handle, options.onHandled);
    case "thread":
      return new ThreadOrder({ ...options, lanes });
    default:
      throw new SignalboxError(
        "invalid_request",
        `ordering is ${JSON.stringify(ordering satisfies never)}: give "global" or "thread".`,
      );
  }
}
