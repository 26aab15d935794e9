/** The live view: a React component for ink, written without JSX since the sources run as they are. */
import type { RequestAnswer, RequestRecord } from "@signalbox/contract";
import {
  Box,
  type Key,
  Text,
  type TextProps,
  useApp,
  useInput,
  usePaste,
  useWindowSize,
} from "ink";
import { createElement, type ReactElement, useEffect, useReducer, useRef } from "react";
import type { Board } from "./board.ts";
import { initialFocus, lookAt, type Pressed, press } from "./keyboard.ts";
import { drawScreen, type Line, type Piece } from "./screen.ts";

/** What the view shows, and whom it tells. */
export interface AppProps {
  readonly board: Board;
  readonly url: string;
  /** How the connection is. */
  readonly connection: () => string;
  /** Calls back when something has changed; gives the end of that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Answers a question; gives what is to be said about it. */
  readonly answer: (request: RequestRecord, answer: RequestAnswer) => Promise<string>;
}

/** How often times on the screen are counted on, in ms. */
const tick = 1_000;

const looks: Readonly<Record<NonNullable<Piece["look"]>, TextProps>> = {
  dim: { dimColor: true },
  bold: { bold: true },
  good: { color: "green" },
  bad: { color: "red" },
  busy: { color: "cyan" },
  asking: { color: "yellow", bold: true },
};

/** The whole screen. */
export function App({ board, url, connection, subscribe, answer }: AppProps): ReactElement {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [, again] = useReducer((count: number) => count + 1, 0);
  // Not a state of React's: two keys that come in one go each see what the one before did.
  const focus = useRef(initialFocus);
  useEffect(() => subscribe(again), [subscribe]);
  useEffect(() => {
    const timer = setInterval(again, tick);
    return () => clearInterval(timer);
  }, []);

  const take = (key: Pressed) => {
    const { requests } = board;
    const now = Date.now();
    const step = press(requests, lookAt(requests, focus.current, now), key, now);
    focus.current = step.focus;
    again();
    const { effect } = step;
    if (effect?.type === "quit") exit();
    if (effect?.type !== "answer") return;
    void answer(effect.request, effect.answer).then((notice) => {
      focus.current = { ...focus.current, notice };
      again();
    });
  };
  useInput((input, key) => {
    for (const pressed of toPressed(input, key)) take(pressed);
  });
  usePaste((text) => take({ text: text.replaceAll(/[\r\n]+/g, " "), name: "paste" }));

  const now = Date.now();
  focus.current = lookAt(board.requests, focus.current, now);
  const lines = drawScreen({
    board,
    focus: focus.current,
    url,
    connection: connection(),
    now,
    columns,
    rows,
  });
  return createElement(
    Box,
    { flexDirection: "column" },
    ...lines.map((line, index) => createElement(ScreenLine, { key: index, line })),
  );
}

function ScreenLine({ line }: { readonly line: Line }): ReactElement {
  const pieces = line.map(({ text, look }, index) =>
    createElement(Text, { key: index, ...(look === undefined ? {} : looks[look]) }, text),
  );
  // An empty line has no height of its own.
  return createElement(Text, { wrap: "truncate-end" }, ...(pieces.length === 0 ? [" "] : pieces));
}

/** The keys of one reading of the terminal: what is typed fast comes together. */
function toPressed(input: string, key: Key): readonly Pressed[] {
  const name = nameOf(input, key);
  if (name !== undefined) return [{ text: "", name }];
  if (key.ctrl || key.meta || key.tab) return [];
  return [...input].map((text) => (text === "\r" ? { text: "", name: "enter" } : { text }));
}

function nameOf(input: string, key: Key): Pressed["name"] {
  if (key.ctrl && input === "c") return "interrupt";
  if (key.upArrow) return "up";
  if (key.downArrow) return "down";
  if (key.return) return "enter";
  if (key.escape) return "escape";
  return key.backspace || key.delete ? "backspace" : undefined;
}
