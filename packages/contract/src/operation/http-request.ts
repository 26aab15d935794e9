/**
 * An operation's input as an HTTP request and back. Fields the path names go into the path; the
 * rest go into the query of a GET or DELETE and into the JSON body of everything else.
 */
import { z } from "zod";
import { SignalboxError } from "../errors/signalbox-error.ts";
import { type HttpBinding, type InputOf, type Operation, pathFields } from "./define-operation.ts";

/** A request ready for any HTTP client. */
export interface HttpRequest {
  readonly method: HttpBinding["method"];
  /** Path with encoded parameters, and the query where there is one. */
  readonly path: string;
  /** JSON value to send, or undefined for no body. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** One row of the route table. */
export interface Route {
  readonly method: HttpBinding["method"];
  readonly path: string;
  readonly operation: Operation;
  readonly pathFields: readonly string[];
  /** Where the other fields go. */
  readonly rest: "query" | "body";
}

function restOf(binding: HttpBinding): Route["rest"] {
  return binding.method === "GET" || binding.method === "DELETE" ? "query" : "body";
}

/** The routes of a set of operations. Throws a TypeError when two have the same method and path. */
export function routesOf(operations: Readonly<Record<string, Operation>>): readonly Route[] {
  const seen = new Map<string, string>();
  return Object.values(operations).map((operation) => {
    const { method, path } = operation.http;
    const key = `${method} ${path.replace(/:[^/]+/g, ":")}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw new TypeError(`Operations ${other} and ${operation.name} have the same route ${key}`);
    }
    seen.set(key, operation.name);
    return {
      method,
      path,
      operation,
      pathFields: pathFields(path),
      rest: restOf(operation.http),
    };
  });
}

/** The request that carries this input. Fields that are undefined are left out. */
export function toHttpRequest<Op extends Operation>(
  operation: Op,
  input: InputOf<Op>,
): HttpRequest {
  const fields = new Map(Object.entries(input as Record<string, unknown>));
  const path = operation.http.path.replace(/:([A-Za-z][A-Za-z0-9]*)/g, (_, field: string) => {
    const value = fields.get(field);
    fields.delete(field);
    // "." and ".." would be taken for steps in the path, encoded or not.
    if (typeof value !== "string" || value === "" || value === "." || value === "..") {
      throw invalid([{ path: field, message: `${field} must be a non-empty string, and no dots` }]);
    }
    return encodeURIComponent(value);
  });
  for (const [field, value] of fields) if (value === undefined) fields.delete(field);
  if (restOf(operation.http) === "body") {
    return { method: operation.http.method, path, body: Object.fromEntries(fields) };
  }
  const query = [...fields]
    .map(([field, value]) => `${encodeURIComponent(field)}=${encodeURIComponent(String(value))}`)
    .join("&");
  return {
    method: operation.http.method,
    path: query === "" ? path : `${path}?${query}`,
    body: undefined,
  };
}

/** The parts of a request as a server has them. */
export interface ReceivedRequest {
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query, decoded, in order. */
  readonly query: Iterable<readonly [string, string]>;
  /** Parsed JSON body; undefined when there was none. */
  readonly body: unknown;
}

/**
 * The unvalidated input a request carries, for `parseInput`. Query texts become booleans,
 * numbers and lists (by their commas) where the field is one. Throws `invalid_request` for what can't be one input: a body that
 * is not an object, a field given twice, a query where the fields belong in the body.
 */
export function fromHttpRequest(
  operation: Operation,
  request: ReceivedRequest,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const rest = restOf(operation.http);
  for (const [field, text] of request.query) {
    if (Object.hasOwn(input, field)) {
      throw invalid([{ path: field, message: `${field} is given twice` }]);
    }
    if (rest === "body") {
      throw invalid([{ path: field, message: `${field} is not a query parameter of this route` }]);
    }
    input[field] = fromQueryText(operation.input.shape[field], text);
  }
  if (rest === "body" && request.body !== undefined) {
    if (typeof request.body !== "object" || request.body === null || Array.isArray(request.body)) {
      throw invalid([{ path: "", message: "The body must be a JSON object" }]);
    }
    Object.assign(input, request.body);
  }
  for (const field of pathFields(operation.http.path)) {
    if (Object.hasOwn(input, field)) {
      throw invalid([{ path: field, message: `${field} is given by the path` }]);
    }
    input[field] = request.params[field];
  }
  return input;
}

function fromQueryText(schema: z.core.$ZodType | undefined, text: string): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
    inner = inner.def.innerType;
  }
  if (inner instanceof z.ZodBoolean) {
    return text === "true" ? true : text === "false" ? false : text;
  }
  if (inner instanceof z.ZodNumber) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  // Only texts without commas are listed in queries.
  if (inner instanceof z.ZodArray) return text.split(",");
  return text;
}

/** One thing wrong with an input. */
export interface InputIssue {
  /** Dotted path of the field; empty for the whole input. */
  readonly path: string;
  readonly message: string;
}

function invalid(issues: readonly InputIssue[]): SignalboxError {
  const first = issues[0]!;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const where = first.path === "" ? "" : `${first.path}: `;
  return new SignalboxError("invalid_request", `${where}${first.message}${more}`, {
    details: { issues },
  });
}

/** The validated input, defaults filled in. Throws `invalid_request` naming every field that is wrong. */
export function parseInput<Op extends Operation>(
  operation: Op,
  input: unknown,
): z.output<Op["input"]> {
  const result = operation.input.safeParse(input);
  if (result.success) return result.data as z.output<Op["input"]>;
  throw invalid(result.error.issues.flatMap(toInputIssues));
}

/** One zod issue as issues of this contract: each unknown field is named by itself. */
export function toInputIssues(issue: z.core.$ZodIssue): InputIssue[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key].join("."),
      message: "Unknown field",
    }));
  }
  return [{ path: path.join("."), message: issue.message }];
}
