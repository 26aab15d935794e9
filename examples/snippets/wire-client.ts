/** A client without the SDK: HTTP and the stream with nothing but what browsers have too. */
const url = process.env.SIGNALBOX_URL ?? "http://127.0.0.1:4777";
const token = process.env.SIGNALBOX_TOKEN ?? "";

// #region call
async function call(method: string, path: string, body?: object, key?: string) {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}
// #endregion call

const { session } = await call("POST", "/api/sessions", {});

// #region open
interface Event {
  type: string;
  threadId: string | null;
  payload: unknown;
  seq: number;
  at: number;
}

function open(after: string, onEvent: (event: Event, cursor: string) => void): WebSocket {
  const query = new URLSearchParams({ v: "1", types: "app_server.turn.*", after });
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/stream?${query}`, [
    "signalbox",
    `bearer.${token}`,
  ]);
  let epoch = "";
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "ready") epoch = frame.epoch;
    else if ("payload" in frame) onEvent(frame, `${epoch}:${frame.seq}`);
    else if (frame.type === "gap") console.warn("take a snapshot, go on from", frame.to);
  };
  return socket;
}
// #endregion open

const { journal } = await call("GET", "/api/health");
const ended = Promise.withResolvers<Event>();
const socket = open(`${journal.epoch}:${journal.head}`, (event, cursor) => {
  console.log(event.type, cursor);
  if (event.type === "app_server.turn.completed") ended.resolve(event);
});
const path = `/api/sessions/${session.sessionId}/messages`;
await call("POST", path, { text: "Hello?" }, crypto.randomUUID());
await ended.promise;
socket.close();
