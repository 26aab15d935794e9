/**
 * What no transcript shows, and why: methods of Codex 0.169.0 that its binary could not be brought
 * to send offline, on Linux.
 */
import type { ServerNotificationMethod, ServerRequestMethod } from "@signalbox/protocol";

/** Every server notification and server request without a transcript, with the reason. */
export const UNCOVERED: Readonly<
  Partial<Record<ServerNotificationMethod | ServerRequestMethod, string>>
> = {
  "account/gatewayOAuth/changed": "needs a model provider behind a gateway with OAuth of its own",
  "app/list/updated": "needs apps, which come from the ChatGPT backend",
  "autoApprovalReview/strictReviewRequired":
    "not sent when permissions are granted with strictAutoReview; the reviews themselves are",
  "item/fileChange/outputDelta": "not sent by this version; the item and patchUpdated carry it all",
  "item/mcpToolCall/progress": "not sent by this version, though the server reports progress",
  "mcpServer/event/stream/notification": "needs an MCP server of the 2026-07-28 revision",
  "modelProvider/authRecoveryStarted": "needs a provider whose login can be renewed, as AWS",
  "modelProvider/authRecoveryCompleted": "needs a provider whose login can be renewed, as AWS",
  "thread/compacted": "not sent by this version; a contextCompaction item stands for it",
  "thread/environment/disconnected":
    "not sent within 45 s of killing the exec-server, to which codex goes on reconnecting",
  "thread/prediction/updated": "thread/prediction/request is not implemented in this version",
  "thread/realtime/sdp": "needs a realtime session over WebRTC",
  "windows/worldWritableWarning": "Windows only",
  "windowsSandbox/setupCompleted": "Windows only",
  applyPatchApproval: "legacy: only for conversations of the first protocol version",
  execCommandApproval: "legacy: only for conversations of the first protocol version",
};
