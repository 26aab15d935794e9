import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileCursorStore } from "./file-cursor-store.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-cursors-"));
  path = join(folder, "deep", "cursors.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("fileCursorStore", () => {
  it("gives another process what was saved, key by key, in a file for its owner only", async () => {
    const store = fileCursorStore(path);
    expect(await store.load("a")).toBeUndefined();
    await store.save("a", "e:1");
    await store.save("b/ü", "e:2");
    await store.save("a", "e:3");
    const other = fileCursorStore(path);
    expect(await other.load("a")).toBe("e:3");
    expect(await other.load("b/ü")).toBe("e:2");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "deep"))).toEqual(["cursors.json"]);
  });

  it("writes saves of one moment together, and each is on the disk when it resolves", async () => {
    const store = fileCursorStore(path);
    const saves = Array.from({ length: 100 }, async (_, index) => {
      await store.save(`k${index}`, "e:1");
    });
    // The first write takes what was set before it began: all of them.
    await saves[0];
    const { cursors } = JSON.parse(await readFile(path, "utf8"));
    expect(Object.keys(cursors)).toHaveLength(100);
    await Promise.all(saves);
  });

  it("refuses a file that holds something else, by its path, and leaves it as it is", async () => {
    await fileCursorStore(path).save("a", "e:1");
    for (const text of ["", "{}", '{"cursors":{"a":"nonsense"}}', '{"cursors":{"a":1}}']) {
      await writeFile(path, text);
      const store = fileCursorStore(path);
      await expect(store.load("a")).rejects.toMatchObject({ code: "invalid_cursor" });
      await expect(store.load("a")).rejects.toThrow(path);
      await expect(store.save("a", "e:2")).rejects.toMatchObject({ code: "invalid_cursor" });
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  it("says when it can't write, leaves nothing beside the file, and goes on when it can again", async () => {
    const store = fileCursorStore(path);
    expect(await store.load("a")).toBeUndefined();
    await mkdir(path, { recursive: true });
    await expect(store.save("a", "e:1")).rejects.toMatchObject({ code: "EISDIR" });
    expect(await readdir(join(folder, "deep"))).toEqual(["cursors.json"]);
    await rm(path, { recursive: true });
    await store.save("a", "e:2");
    expect(await fileCursorStore(path).load("a")).toBe("e:2");
  });

  it("holds a whole file, with what was acknowledged or more, wherever its process is killed", async () => {
    const program = fileURLToPath(new URL("../../fixtures/saving-cursors.ts", import.meta.url));
    for (const lines of [1, 7, 40]) {
      const child = spawn(process.execPath, ["--conditions=@signalbox/source", program, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let acknowledged = 0;
      let count = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        count += 1;
        if (count === lines) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      const cursor = await fileCursorStore(path).load("k");
      expect(Number(cursor?.split(":")[1])).toBeGreaterThanOrEqual(acknowledged);
      expect(acknowledged).toBeGreaterThanOrEqual(lines);
    }
  });
});
