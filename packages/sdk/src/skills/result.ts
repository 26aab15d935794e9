/** What a skill's handler gives back, as the content Codex takes for a tool call. */
import { toolContentItem } from "@signalbox/contract";

/** One piece of a result. Images and audio are data URLs. */
export type SkillContentItem =
  | { readonly type: "inputText"; readonly text: string }
  | { readonly type: "inputImage"; readonly imageUrl: string }
  | { readonly type: "inputAudio"; readonly audioUrl: string };

/** The whole answer to a tool call. */
export interface SkillResult {
  /** Default true. */
  readonly success?: boolean;
  readonly contentItems: readonly SkillContentItem[];
}

/** The answer as it is sent. */
export interface SkillAnswer {
  readonly success: boolean;
  readonly contentItems: SkillContentItem[];
}

/**
 * A text as it is; an object with a list `contentItems` as the whole answer; anything else as JSON
 * (nothing at all as `null`). Throws a TypeError for what is none of these.
 */
export function toSkillAnswer(value: unknown): SkillAnswer {
  if (typeof value === "string") return textAnswer(true, value);
  if (isSkillResult(value)) {
    return {
      success: value.success ?? true,
      contentItems: value.contentItems.map((item, index) => {
        const parsed = toolContentItem.safeParse(item);
        if (parsed.success) return parsed.data;
        throw new TypeError(
          `contentItems[${index}] is not an item: ${parsed.error.issues[0]?.message}`,
        );
      }),
    };
  }
  const json: string | undefined = JSON.stringify(value ?? null);
  if (json === undefined) throw new TypeError(`a ${typeof value} can't be given as JSON`);
  return textAnswer(true, json);
}

/** An answer of one text. */
export function textAnswer(success: boolean, text: string): SkillAnswer {
  return { success, contentItems: [{ type: "inputText", text }] };
}

function isSkillResult(value: unknown): value is SkillResult {
  return (
    typeof value === "object" &&
    value !== null &&
    "contentItems" in value &&
    Array.isArray(value.contentItems)
  );
}

/** Bytes as the data URL that an image or audio item takes: `toDataUrl(png, "image/png")`. */
export function toDataUrl(bytes: Uint8Array, mediaType: string): string {
  let binary = "";
  // In pieces, since a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8_192));
  }
  return `data:${mediaType};base64,${btoa(binary)}`;
}
