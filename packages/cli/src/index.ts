// The command, for programs that embed it
export { main } from "./main.ts";
// What it is run in
export type { Shell } from "./shell.ts";
