/**
 * A short text that two programs have in common exactly when they mean the same by an operation: the
 * same name, the same input, the same output. What only people read does not count.
 */
import { z } from "zod";
import type { Operation } from "./define-operation.ts";

const known = new WeakMap<Operation, string>();

/** The operation's fingerprint, 16 hexadecimal digits. Worked out once for each operation. */
export function fingerprintOf(operation: Operation): string {
  const there = known.get(operation);
  if (there !== undefined) return there;
  const { name, input, output } = operation;
  const said = [name, plainSchema(input, "input"), plainSchema(output, "output")];
  const made = hash(JSON.stringify(said, inOrder));
  known.set(operation, made);
  return made;
}

function plainSchema(schema: z.ZodType, io: "input" | "output"): unknown {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      delete jsonSchema.description;
    },
  });
}

/** Objects with their keys in order, so that the order fields are written in makes no difference. */
function inOrder(key: string, value: unknown): unknown {
  if (key === "required" && Array.isArray(value)) return value.toSorted();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** 64 bits that differ where texts differ by accident; two programs of ours don't deceive each other. */
function hash(text: string): string {
  return [0x811c9dc5, 0x050c5d1f]
    .map((start) => {
      let bits = start;
      for (let at = 0; at < text.length; at += 1) {
        bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
      }
      return (bits >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}
