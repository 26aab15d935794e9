/** What a user can say beside text, against the real codex: what the model gets of it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { openWorld } from "./world.ts";

/** One red pixel. */
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

describe("an input", () => {
  test("of parts keeps their order: text, an image as data, an image from a file", async () => {
    await using world = await openWorld();
    world.model.turn(text("a dot"));
    const path = join(world.home.workspace, "dot.png");
    await writeFile(path, Buffer.from(png, "base64"));
    const thread = await world.codex.startThread();
    const result = await thread.run([
      { type: "text", text: "look at these" },
      { type: "image", url: `data:image/png;base64,${png}` },
      { type: "localImage", path },
    ]);
    expect(result.text).toBe("a dot");
    const [said] = result.items;
    expect(said).toMatchObject({
      type: "userMessage",
      content: [
        { type: "text", text: "look at these" },
        { type: "image" },
        { type: "localImage", path },
      ],
    });
    const images = JSON.stringify(world.model.requests[0]?.input).match(/data:image\/png;base64,/g);
    expect(images).toHaveLength(2);
  });

  test("that names a skill gives the model that skill's instructions", async () => {
    await using world = await openWorld();
    const folder = join(world.home.dir, "skills", "whistle");
    await mkdir(folder, { recursive: true });
    const path = join(folder, "SKILL.md");
    await writeFile(
      path,
      "---\nname: whistle\ndescription: Whistles a tune.\n---\n\nAlways whistle in B flat.\n",
    );
    world.model.turn(text("whistling"));
    const thread = await world.codex.startThread();
    await thread.run([
      { type: "text", text: "use $whistle" },
      { type: "skill", name: "whistle", path },
    ]);
    expect(JSON.stringify(world.model.requests[0]?.input)).toContain("Always whistle in B flat.");
  });

  test("that mentions something keeps the mention in what was said", async () => {
    await using world = await openWorld();
    world.model.turn(text("noted"));
    const thread = await world.codex.startThread();
    const mention = { type: "mention", name: "calendar", path: "app://calendar" } as const;
    const result = await thread.run([{ type: "text", text: "ask @calendar" }, mention]);
    expect(result.items[0]).toMatchObject({
      type: "userMessage",
      content: [{ type: "text" }, mention],
    });
  });

  test("of one part needs no list", async () => {
    await using world = await openWorld();
    world.model.turn(text("hello"));
    const thread = await world.codex.startThread();
    expect((await thread.run({ type: "text", text: "hi" })).text).toBe("hello");
    expect(world.model.requests[0]?.lastUserText).toBe("hi");
  });

  test("carries the caller's own id, which comes back with what was said", async () => {
    await using world = await openWorld();
    world.model.turn(text("hello"));
    const thread = await world.codex.startThread();
    const { items } = await thread.run("hi", { clientUserMessageId: "mine-1" });
    expect(items[0]).toMatchObject({ type: "userMessage", clientId: "mine-1" });
  });
});
