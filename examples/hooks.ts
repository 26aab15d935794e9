/** Code around calls: `npm run example hooks <session id> <message>`. */
import { Signalbox } from "@signalbox/sdk/node";

const [sessionId, text] = process.argv.slice(2);
if (sessionId === undefined || text === undefined) throw new Error("Give a session and a message.");

await using box = Signalbox.fromProfile("local");

// The hub refuses fields it does not know, so what is added for others goes into a header.
box.before("sessions.send_message", (call) => {
  if (!call.headers.has("x-metadata")) call.headers.set("x-metadata", "{}");
});

box.after("*", (call) => {
  console.log("completed", call.operation);
});

const { turnId } = await box.sessions.sendMessage({ sessionId, text });
console.log((await box.wait.reply({ sessionId, turnId })).reply);
