/** The hub reads codex through one feed and nothing else. */
import type { AppServerClient, Feed, FeedEvent, FeedOptions } from "@signalbox/app-server";

/**
 * The feed of a client, opened as its only reader. What belongs to no turn a client keeps, up to a
 * bound, for a first reader beside the feed; here none will come.
 */
export function readAlone(client: AppServerClient, options?: FeedOptions): Feed<FeedEvent> {
  const feed = client.feed(options);
  void client.unscoped().return();
  return feed;
}
