/** What stands on the screen: a function of what is known, what the person does, the time and the size. */
import type { RequestRecord } from "@signalbox/contract";
import stringWidth from "string-width";
import { safeLine, safeText } from "../output/safe-text.ts";
import { formatDuration } from "../processes/units.ts";
import { waysToAnswer } from "./answers.ts";
import type { Board, WatchedSession } from "./board.ts";
import { chosenRequest, type Focus, fieldInHand } from "./keyboard.ts";

/** A piece of a line. */
export interface Piece {
  readonly text: string;
  readonly look?: "dim" | "bold" | "good" | "bad" | "busy" | "asking" | undefined;
}

/** A line; what does not fit is cut at its end. */
export type Line = readonly Piece[];

/** What is drawn. */
export interface Scene {
  readonly board: Pick<Board, "sessions" | "requests" | "nameOf">;
  readonly focus: Focus;
  /** Where the hub is, and how the connection is. */
  readonly url: string;
  readonly connection: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}

/** Questions listed besides the one that is looked at, and lines of that one, at most. */
const shownQuestions = 5;
const detailLines = 8;
const nameWidth = 18;

/** The lines, `rows` less one at most. */
export function drawScreen(scene: Scene): readonly Line[] {
  const { board, focus, rows } = scene;
  const questions = drawQuestions(scene);
  const foot = drawFoot(board.requests, focus);
  const room = Math.max(1, rows - 1 - 2 - questions.length - foot.length);
  const { sessions } = board;
  const isCut = sessions.length > room;
  const shown = isCut ? sessions.slice(0, room - 1) : sessions;
  const lines: Line[] = [
    drawHead(scene),
    [],
    ...shown.map((session) => drawSession(session, scene)),
    ...(isCut ? [[dim(`and ${sessions.length - shown.length} more`)]] : []),
    ...(sessions.length === 0 ? [[dim("No sessions yet.")]] : []),
    ...questions,
    ...foot,
  ];
  // A terminal of a few lines shows the end: the question and its keys.
  return lines.slice(-Math.max(1, rows - 1));
}

function drawHead({ board, url, connection }: Scene): Line {
  const { sessions, requests } = board;
  const busy = sessions.filter(({ status }) => status === "active").length;
  const counts = `${count(sessions.length, "session")}, ${busy} working, ${count(requests.length, "question")}`;
  return [bold("signalbox"), dim(`  ${url}  `), { text: counts }, dim(`  ${connection}`)];
}

function drawSession(session: WatchedSession, { board, now }: Scene): Line {
  const isAsking = board.requests.some(({ threadId }) => threadId === session.sessionId);
  const since =
    session.since === null ? "" : formatDuration(Math.max(0, now - session.since) / 1_000);
  const words = safeLine(session.lastWords);
  return [
    { text: isAsking ? "? " : "  ", look: "asking" },
    bold(fit(safeLine(session.name), nameWidth)),
    { text: `  ${fit(wordFor(session, isAsking), 8)}`, look: lookOf(session, isAsking) },
    dim(`  ${fit(since, 11)}  `),
    { text: safeLine(session.doing) },
    ...(words === "" ? [] : [dim(`  ${words}`)]),
  ];
}

function wordFor({ status }: WatchedSession, isAsking: boolean): string {
  if (isAsking) return "asks";
  if (status === "active") return "works";
  return status === "systemError" ? "broken" : "rests";
}

function lookOf({ status }: WatchedSession, isAsking: boolean): Piece["look"] {
  if (isAsking) return "asking";
  if (status === "active") return "busy";
  return status === "systemError" ? "bad" : "dim";
}

function drawQuestions({ board, focus, now, columns }: Scene): readonly Line[] {
  const { requests } = board;
  const chosen = chosenRequest(requests, focus);
  if (chosen === undefined) return [];
  const at = requests.indexOf(chosen);
  const from = Math.max(0, Math.min(at - 2, requests.length - shownQuestions));
  const listed = requests.slice(from, from + shownQuestions);
  return [
    [],
    ...listed.map(
      (request): Line => [
        { text: request === chosen ? "> " : "  ", look: "asking" },
        bold(fit(safeLine(board.nameOf(request.threadId)), nameWidth)),
        dim(`  ${fit(leftOf(request, now), 11)}  `),
        { text: safeLine(request.summary) },
      ],
    ),
    ...(requests.length > listed.length ? [[dim(`  ${requests.length} questions in all`)]] : []),
    ...detailsOf(chosen)
      .flatMap((text) => wrap(text, columns - 4))
      .slice(0, detailLines)
      .map((text): Line => [dim("  | "), { text }]),
  ];
}

function leftOf({ deadlineAt }: RequestRecord, now: number): string {
  if (deadlineAt === null) return "elsewhere";
  return deadlineAt <= now ? "ends now" : `${formatDuration((deadlineAt - now) / 1_000)} left`;
}

function detailsOf(request: RequestRecord): readonly string[] {
  const lines = (...all: readonly (string | null | false)[]) =>
    all.filter((line): line is string => typeof line === "string" && line !== "");
  const because = "reason" in request && request.reason !== null && `because: ${request.reason}`;
  const where = "cwd" in request && request.cwd !== null && `in ${request.cwd}`;
  switch (request.kind) {
    case "command_approval":
      return lines(request.command, where, because);
    case "file_change_approval":
      return lines(...(request.paths ?? []), request.grantRoot, because);
    case "permissions":
      return lines(JSON.stringify(request.permissions), where, because);
    case "user_input":
      return [];
    case "elicitation":
      return lines(`${request.serverName}: ${request.message}`, request.tool, request.url);
    case "tool_call":
      return lines(
        `${request.tool} ${JSON.stringify(request.arguments)}`,
        request.claimant !== null && `taken by ${request.claimant}`,
      );
    case "other":
      return lines(request.method, JSON.stringify(request.details));
  }
}

function drawFoot(requests: readonly RequestRecord[], focus: Focus): readonly Line[] {
  const notice: readonly Line[] = focus.notice === "" ? [] : [[{ text: safeLine(focus.notice) }]];
  const filled = fieldInHand(requests, focus);
  if (filled !== undefined) {
    const { form, field, filling } = filled;
    const place =
      form.fields.length > 1 ? ` (${filling.values.length + 1}/${form.fields.length})` : "";
    const draft = field.isSecret ? "*".repeat([...filling.draft].length) : filling.draft;
    return [
      [],
      [bold(safeLine(field.label)), dim(place)],
      ...optionLines(field.options),
      ...(field.isFree ? [[{ text: `: ${safeLine(draft)}_` }]] : []),
      ...notice,
      [dim(keys(...(field.isFree ? ["enter send"] : []), "esc back"))],
    ];
  }
  const chosen = chosenRequest(requests, focus);
  if (chosen === undefined) return [[], ...notice, [dim(keys("q quit"))]];
  const { choices, form } = waysToAnswer(chosen);
  const first = form?.fields[0];
  return [
    ...(first === undefined ? [] : [[bold(safeLine(first.label))], ...optionLines(first.options)]),
    [],
    ...notice,
    [
      dim(
        keys(
          ...(form === undefined ? [] : [first?.isFree === true ? "t type an answer" : "t answer"]),
          ...choices.map(({ key, label }) => `${key} ${label}`),
          ...(requests.length > 1 ? ["up/down choose"] : []),
          "q quit",
        ),
      ),
    ],
  ];
}

function optionLines(options: readonly string[]): readonly Line[] {
  return options
    .slice(0, 9)
    .map((option, index) => [{ text: `  ${index + 1} ${safeLine(option)}` }]);
}

function keys(...all: readonly string[]): string {
  return all.join("   ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function dim(text: string): Piece {
  return { text, look: "dim" };
}

function bold(text: string): Piece {
  return { text, look: "bold" };
}

/** Cut or filled to so many columns. */
function fit(text: string, width: number): string {
  let cut = text;
  while (stringWidth(cut) > width) cut = [...cut].slice(0, -1).join("");
  return cut + " ".repeat(width - stringWidth(cut));
}

/** The lines of a text, none wider than that. */
function wrap(text: string, width: number): readonly string[] {
  const most = Math.max(10, width);
  return safeText(text)
    .split("\n")
    .flatMap((line) => line.replaceAll("\t", "  ").match(new RegExp(`.{1,${most}}`, "gu")) ?? [""]);
}
