/** The hub as a user's service of systemd. */
import type { ServicePlan } from "./service-plan.ts";

/** The unit file. */
export function systemdUnit({ command, environment, log, isShared }: ServicePlan): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`,
  );
  return `[Unit]
Description=Signalbox hub
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${command.map(quoteArgument).join(" ")}
${variables.join("\n")}
UMask=0077
StandardOutput=null
StandardError=append:${escapePercent(log)}
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
${isShared ? "# Codex outlives the hub: only the hub itself is ended.\nKillMode=process" : "KillMode=mixed"}

[Install]
WantedBy=default.target
`;
}

/** A word of a command line, where a dollar would stand for a variable. */
function quoteArgument(text: string): string {
  return quote(text.replaceAll("$", "$$$$"));
}

/** Quoted as systemd reads it; without specifiers. */
function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escapePercent(escaped)}"`;
}

function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}
