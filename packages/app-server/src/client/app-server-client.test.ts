import { expect, test } from "vitest";
import { AppServerClient } from "./app-server-client.ts";

test("a client that is closed waits for no preparation that ignores the signal", async () => {
  const began = Promise.withResolvers<void>();
  const client = new AppServerClient({
    url: "ws://127.0.0.1:1",
    prepare: () => {
      began.resolve();
      return new Promise(() => {});
    },
  });
  const refused = expect(client.start()).rejects.toMatchObject({ code: "client_closed" });
  await began.promise;
  await client.close();
  await refused;
});
