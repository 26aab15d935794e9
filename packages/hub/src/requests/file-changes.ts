/**
 * Which files the changes are about that codex asks to make: the question does not say it, the item
 * that started before it does.
 */
import { isFields, paramsOf } from "./params.ts";

/** Changes under way that are kept, at most; the oldest is forgotten. */
const maxKept = 1024;

/** The file changes that have started and not completed. */
export class FileChanges {
  readonly #paths = new Map<string, readonly string[]>();

  /** Notes an item that started or completed. */
  observe(message: { readonly method: string; readonly params?: unknown }): void {
    const { item, threadId } = paramsOf(message.params);
    if (!isFields(item) || item.type !== "fileChange") return;
    const key = keyOf(threadId, item.id);
    if (message.method === "item/completed") {
      this.#paths.delete(key);
      return;
    }
    const { changes } = item;
    if (!Array.isArray(changes)) return;
    if (this.#paths.size >= maxKept) {
      for (const oldest of this.#paths.keys()) {
        this.#paths.delete(oldest);
        break;
      }
    }
    this.#paths.set(key, changes.flatMap(pathsOf));
  }

  /** The files a question would change, those they are moved to among them; null where not known. */
  pathsOf(method: string, threadId: string | null, itemId: string | null, params: unknown) {
    const { fileChanges } = paramsOf(params);
    if (method === "applyPatchApproval" && isFields(fileChanges)) {
      return Object.entries(fileChanges).flatMap(([path, kind]) => pathsOf({ path, kind }));
    }
    return this.#paths.get(keyOf(threadId, itemId)) ?? null;
  }
}

function keyOf(threadId: unknown, itemId: unknown): string {
  return `${String(threadId)}\n${String(itemId)}`;
}

// What is not understood must not look like a change of nothing: such a path is under no folder.
function pathsOf(change: unknown): string[] {
  const { path, kind } = paramsOf(change);
  const moved = paramsOf(kind).move_path;
  return [typeof path === "string" ? path : "", ...(typeof moved === "string" ? [moved] : [])];
}
