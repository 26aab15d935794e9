/** Colours, where they are wanted: on a terminal, and not where NO_COLOR says otherwise. */
import pico from "picocolors";
import type { Shell } from "../shell.ts";

/** What text can be made to look like. */
export type Paint = Pick<ReturnType<typeof pico.createColors>, "bold" | "dim" | "cyan" | "red">;

/** The colours for what is written to `out`. A program that reads it gets none, whatever is set. */
export function paintFor({ terminal, env }: Pick<Shell, "terminal" | "env">): Paint {
  const isForced = (env.FORCE_COLOR ?? "") !== "" && env.FORCE_COLOR !== "0";
  const isRefused = (env.NO_COLOR ?? "") !== "" || env.FORCE_COLOR === "0" || env.TERM === "dumb";
  return pico.createColors(terminal !== undefined && (isForced || !isRefused));
}
