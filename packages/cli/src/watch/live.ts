/** Shows the live view on this terminal until the person leaves it. */
import { isSignalboxError } from "@signalbox/contract";
import type { Signalbox } from "@signalbox/sdk/node";
import { render } from "ink";
import { createElement } from "react";
import { App } from "./app.ts";
import { Board } from "./board.ts";
import { feedBoard } from "./feed.ts";

/** Between two drawings because of events, in ms: many that come at once are drawn once. */
const pace = 100;

/** Resolves when it was left. Rejects with what ended the stream. The terminal is then as it was. */
export async function showLive(
  box: Signalbox,
  url: string,
  only: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const board = new Board(only);
  const listeners = new Set<() => void>();
  let connection = "connecting";
  let waiting: NodeJS.Timeout | undefined;
  const changed = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      for (const listener of listeners) listener();
    }, pace);
  };
  const end = new AbortController();
  const app = render(
    createElement(App, {
      board,
      url,
      connection: () => connection,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      answer: async (request, answer) => {
        try {
          await box.requests.respond({ requestId: request.requestId, answer });
          return `Answered: ${request.summary}`;
        } catch (error) {
          return isSignalboxError(error) ? error.message : String(error);
        }
      },
    }),
    { alternateScreen: true, interactive: true, exitOnCtrlC: false, maxFps: 20 },
  );
  const stop = () => app.unmount();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const listener = {
    changed,
    connection(words: string) {
      connection = words;
      changed();
    },
  };
  const feed = async () => {
    try {
      await feedBoard(box, board, listener, end.signal);
    } catch (error) {
      if (!end.signal.aborted) throw error;
    } finally {
      stop();
    }
  };
  const feeding = feed();
  // It is awaited below, once the screen is gone.
  feeding.catch(() => undefined);
  await app.waitUntilExit();
  signal.removeEventListener("abort", stop);
  end.abort();
  clearTimeout(waiting);
  await feeding;
}
