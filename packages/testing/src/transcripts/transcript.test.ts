import { serverNotifications, serverRequests } from "@signalbox/protocol";
import { describe, expect, test } from "vitest";
import { readTranscript, type TranscriptLine, transcriptNames, UNCOVERED } from "../index.ts";

const transcripts = new Map(transcriptNames().map((name) => [name, readTranscript(name)]));
const lines = [...transcripts.values()].flat();

function sentByServer(): Set<string> {
  return new Set(
    lines.flatMap(({ from, message }) =>
      from === "server" && message.method !== undefined ? [message.method] : [],
    ),
  );
}

describe("together, the transcripts", () => {
  test.each([
    ["server notification", Object.keys(serverNotifications), 88],
    ["server request", Object.keys(serverRequests), 11],
  ])("show every %s, or it is named as uncovered, never both", (_, methods, count) => {
    expect(methods).toHaveLength(count);
    const sent = sentByServer();
    const uncovered = methods.filter((method) => !sent.has(method));
    const named = methods.filter((method) => method in UNCOVERED);
    expect(named).toEqual(uncovered);
  });

  test("name nothing as uncovered that does not exist, and give a reason for each", () => {
    const known = new Set([...Object.keys(serverNotifications), ...Object.keys(serverRequests)]);
    expect(Object.keys(UNCOVERED).filter((method) => !known.has(method))).toEqual([]);
    expect(Object.values(UNCOVERED).every((reason) => (reason ?? "").length > 10)).toBe(true);
  });

  test("show no method that the protocol does not have", () => {
    const known = new Set([...Object.keys(serverNotifications), ...Object.keys(serverRequests)]);
    expect([...sentByServer()].filter((method) => !known.has(method))).toEqual([]);
  });

  test("end turns in every way there is", () => {
    const ends = lines.flatMap(({ message }) =>
      message.method === "turn/completed"
        ? [(message.params?.["turn"] as { status: string }).status]
        : [],
    );
    expect(new Set(ends)).toEqual(new Set(["completed", "failed", "interrupted"]));
  });
});

describe.each([...transcripts])("%s", (_, transcript) => {
  test("begins with the handshake and has lines of both sides, each a message", () => {
    expect(transcript[0]).toMatchObject({ from: "client", message: { method: "initialize" } });
    for (const { from, message } of transcript) {
      expect(["client", "server"]).toContain(from);
      expect("method" in message || "result" in message || "error" in message).toBe(true);
    }
  });

  test("answers every request of the client and none twice", () => {
    const asked = ids(transcript, "client", true);
    const answered = ids(transcript, "server", false);
    expect([...answered].sort()).toEqual([...asked].sort());
  });

  test("names no machine, moment or person", () => {
    const text = JSON.stringify(transcript);
    expect(text.match(/\/tmp\/|\/root\/|\/Users\/|\/home\/(?!user)/g)).toBeNull();
    const uuids = text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
    expect(uuids.filter((uuid) => !uuid.startsWith("00000000-0000-7000-8000-0000000"))).toEqual([]);
    const moments = text.match(/\b1[5-9]\d{8}(?:\d{3})?\b/g) ?? [];
    expect(moments.filter((moment) => !/^17(00){4}(000)?$/.test(moment))).toEqual([]);
  });
});

test("an unknown name is refused with those there are", () => {
  expect(() => readTranscript("nothing")).toThrow(/no transcript "nothing".*turn-plain/);
});

function ids(
  transcript: readonly TranscriptLine[],
  from: TranscriptLine["from"],
  withMethod: boolean,
): string[] {
  return transcript
    .filter((line) => line.from === from)
    .filter(({ message }) => message.id !== undefined && (message.method !== undefined) === withMethod)
    .map(({ message }) => String(message.id));
}
