/**
 * Ids that examples use in place of real ones. A surface that runs the examples makes the world
 * each asks for and puts the real ids where these stand.
 */

/** Placeholder ids: `unknown*` ones name nothing, anywhere. */
export const exampleIds = {
  sessionId: "01990000-0000-7000-8000-00000000a001",
  threadId: "01990000-0000-7000-8000-00000000a007",
  handle: "@reviewer",
  turnId: "01990000-0000-7000-8000-00000000a002",
  approvalId: "req_01990000000070008000000000a003",
  requestId: "req_01990000000070008000000000a004",
  claimId: "claim_0199000000007000800000000a005",
  projectId: "project_01990000000070008000000000a006",
  projectName: "Example project",
  messageId: "msg_0199000000007000800000000000a007",
  unknownSessionId: "01990000-0000-7000-8000-0000000000ff",
  unknownRequestId: "req_019900000000700080000000000fff",
  unknownMessageId: "msg_01990000000070008000000000000fff",
  triggerId: "trg_01990000000070008000000000a00700",
  noticeId: "ntc_01990000000070008000000000a00800",
  unknownNoticeId: "ntc_01990000000070008000000000000fff",
  unknownTriggerId: "trg_01990000000070008000000000000fff",
} as const;
