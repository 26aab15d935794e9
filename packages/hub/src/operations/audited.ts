/**
 * Keeps what operations did: of each write who did it, on what, and how it ended. Of the input only
 * ids and the actor are kept, since anything else may be a secret; what else there is to tell the
 * handler notes.
 */
import { type Operation, pathFields, toSignalboxError } from "@signalbox/contract";
import type { AuditNote } from "../store/audit-log.ts";
import type { OperationContext } from "./context.ts";

/** Does the work, and adds an entry of it when it is a write: once it ended, whichever way. */
export async function audited(
  operation: Operation,
  input: unknown,
  { services, caller, actor }: OperationContext,
  work: (note: AuditNote) => unknown,
): Promise<unknown> {
  if (operation.intent === "read") return work(() => {});
  const given = input as Readonly<Record<string, unknown>>;
  const ids = pathFields(operation.http.path).filter((field) => field !== "sessionId");
  const details = Object.fromEntries(ids.map((field) => [field, given[field]]));
  const entry = {
    actor: textIn(given, "actor") ?? actor ?? null,
    source: textIn(given, "source"),
    surface: caller,
    operation: operation.name,
    details,
  };
  try {
    const output = await work((more) => void Object.assign(details, more));
    services.audit.record({ ...entry, sessionId: sessionOf(given, output) });
    return output;
  } catch (error) {
    const outcome = toSignalboxError(error).code;
    services.audit.record({ ...entry, sessionId: sessionOf(given, error), outcome });
    throw error;
  }
}

/** The session a call was about: named in its input, or in what came of it. */
function sessionOf(input: Readonly<Record<string, unknown>>, result: unknown): string | null {
  const output = fieldsOf(result);
  const places = [input, output, fieldsOf(output.session), fieldsOf(output.details)];
  for (const place of places) {
    const found = textIn(place, "sessionId") ?? textIn(place, "threadId");
    if (found !== null) return found;
  }
  return null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : null;
}
