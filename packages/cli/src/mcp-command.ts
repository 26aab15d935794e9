/** `signalbox mcp` and its options. */
import type { Command } from "commander";
import { homeOption, parsePort } from "./serve-options.ts";

/** Adds it. `done` is told how it ended. */
export function addMcpCommand(program: Command, done: (exitCode: number) => void): void {
  program
    .command("mcp")
    .description("offer the hub to agents: its operations as MCP tools, on stdin and stdout")
    .option("--tools <topics>", "only tools about these, such as sessions,turns", parseList)
    .option("--read-only", "only tools that look and change nothing")
    .option("--http", "serve over HTTP on 127.0.0.1 instead, for whoever has the hub's token")
    .option("--port <number>", "with --http: port; 0 takes a free one", parsePort, 4778)
    .option("--json", "with --http: print one JSON object when ready")
    .option("--url <url>", "where the hub is (default: SIGNALBOX_URL, the profile, this machine)")
    .option("--token-file <file>", "where its token is (default: SIGNALBOX_TOKEN, its home)")
    .option(...homeOption)
    .option("--profile <name>", "a profile of ~/.config/signalbox/config.json instead")
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  codex mcp add signalbox -- signalbox mcp   for every session of your codex",
        "  signalbox mcp --tools sessions,turns       to begin sessions and talk in them, no more",
      ].join("\n"),
    )
    .action(async (options) => {
      const { mcp } = await import("./commands/mcp.ts");
      done(await mcp(options));
    });
}

function parseList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}
