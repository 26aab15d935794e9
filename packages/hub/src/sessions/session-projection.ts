/** Keeps the session rows as codex says: whoever renames a thread or changes its settings. */
import type { AppServerSignal } from "@signalbox/contract";
import type { ThreadSettings } from "@signalbox/protocol";
import type { Projection } from "../journal/projection.ts";
import { toControls } from "./controls.ts";
import type { SessionStore } from "./session-store.ts";

interface Params {
  readonly threadName?: string | null;
  readonly threadSettings?: ThreadSettings;
}

/** Follows names and settings. */
export function createSessionProjection(store: SessionStore): Projection {
  return {
    name: "sessions.kept",
    types: ["app_server.thread.name.updated", "app_server.thread.settings.updated"],
    apply({ threadId, value }) {
      const row = threadId === null ? undefined : store.get(threadId);
      if (row === undefined) return;
      const { threadName, threadSettings } = (value as AppServerSignal<string, Params>).params;
      if (typeof threadName === "string" && threadName !== "") store.setTitle(row.id, threadName);
      if (threadSettings !== undefined) {
        const { model, approvalPolicy, sandboxPolicy: sandbox } = threadSettings;
        const { settings } = row.controls;
        store.setControls(row.id, toControls({ model, approvalPolicy, sandbox }, settings));
      }
    },
  };
}
