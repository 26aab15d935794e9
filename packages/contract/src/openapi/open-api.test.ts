import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { z } from "zod";
import { httpStatusOf, isErrorCode, operations, SignalboxError, toOpenApi } from "../index.ts";
import { defineOperation } from "../operation/define-operation.ts";

const document = toOpenApi(operations, "1.2.3");
const plain = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
const objects = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, object]) => ({ path, method, object })),
);

/** Every value of a key, however deep. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(key, inner),
  ]);
}

test("it is a valid OpenAPI 3.1 document, and the validator tells one that is not", async () => {
  expect(await new Validator().validate(structuredClone(plain))).toMatchObject({ valid: true });
  const broken = { ...structuredClone(plain), paths: { "/x": { get: { responses: 7 } } } };
  expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
});

test("every reference in it leads somewhere within it", () => {
  const references = valuesOf("$ref", plain);
  expect(references.length).toBeGreaterThan(10);
  for (const reference of new Set(references)) {
    const name = /^#\/components\/schemas\/([A-Za-z]+)$/.exec(String(reference))?.[1];
    expect(Object.keys(document.components.schemas), String(reference)).toContain(name);
  }
});

test("each operation has its parameters, its body, its answers and its place in the SDK", () => {
  expect(document.paths["/api/sessions/{sessionId}/messages"]?.post).toMatchObject({
    operationId: "sessions.send_message",
    parameters: expect.arrayContaining([
      expect.objectContaining({ name: "sessionId", in: "path", required: true }),
    ]),
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: {
            required: ["text"],
            properties: { text: { type: "string", minLength: 1 } },
            additionalProperties: false,
          },
          examples: { "a-message-that-starts-a-turn": { value: { text: expect.any(String) } } },
        },
      },
    },
    responses: {
      "202": {
        content: { "application/json": { examples: { "a-message-that-starts-a-turn": {} } } },
      },
    },
    "x-signalbox": { sdk: "sessions.sendMessage", intent: "write" },
  });
  expect(document.paths["/api/models"]?.get?.parameters).toContainEqual({
    name: "limit",
    in: "query",
    required: false,
    description: "Entries a page, 200 at most",
    schema: { type: "integer", minimum: 1, maximum: 200, default: 100 },
  });
});

test("a field of the path stands in the path alone", () => {
  for (const { path, method, object } of objects) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const parameters = object.parameters.filter((parameter) => parameter.in === "path");
    expect(
      parameters.map(({ name }) => name),
      `${method} ${path}`,
    ).toEqual(inPath);
    const body = object.requestBody as
      | { content: { "application/json": { schema: { properties: object } } } }
      | undefined;
    const fields = Object.keys(body?.content["application/json"].schema.properties ?? {});
    for (const name of inPath) expect(fields).not.toContain(name);
  }
});

test("every error code in it is one of the taxonomy, under its own HTTP status", () => {
  for (const { path, object } of objects) {
    for (const [status, response] of Object.entries(object.responses)) {
      if (Number(status) < 400) continue;
      const codes = valuesOf("code", response.content)
        .map((code) => (code as { enum?: string[] }).enum)
        .filter((values) => values !== undefined)
        .flat();
      for (const code of codes) {
        expect(isErrorCode(code), `${path}: ${code}`).toBe(true);
        expect(httpStatusOf(new SignalboxError(code, ""))).toBe(Number(status));
      }
    }
  }
});

test("every operation's own errors are in it, and the token is what all but webhooks and the probes need", () => {
  for (const operation of Object.values(operations)) {
    const { object } = objects.find(
      ({ object: { operationId } }) => operationId === operation.name,
    )!;
    const codes = valuesOf("enum", object.responses).flat();
    expect(codes).toEqual(expect.arrayContaining([...operation.errors]));
  }
  for (const { path, object } of objects) {
    const codes = valuesOf("enum", object.responses).flat();
    expect(codes.includes("unauthorized"), path).toBe(object.security === undefined);
  }
  const open = objects.filter(({ object }) => object.security !== undefined);
  expect(open.map(({ path }) => path)).toEqual(["/api/hooks/{triggerId}", "/healthz", "/readyz"]);
});

test("secrets are marked as such", () => {
  const login = document.paths["/api/account/login/start"]?.post?.requestBody;
  const [properties] = valuesOf("properties", login) as Record<string, object>[];
  expect(properties).toMatchObject({
    apiKey: { format: "password", writeOnly: true },
    accessToken: { format: "password", writeOnly: true },
  });
});

test("two schemas of one name that are not the same are refused", () => {
  const define = (name: `${string}.${string}`, field: z.ZodType) =>
    defineOperation({
      name,
      summary: "x",
      intent: "read",
      idempotent: true,
      http: { method: "GET", path: `/api/${name}` },
      input: z.strictObject({}),
      output: z.object({ field: field.meta({ id: "Thing" }), again: field }),
      errors: [],
      examples: [
        { title: "a", input: {}, output: {} },
        { title: "b", input: {}, error: "invalid_request" },
      ] as never,
    });
  const one = define("a.b", z.string());
  const other = define("a.c", z.number());
  expect(() => toOpenApi({ one, other }, "1")).toThrow(/Thing/);
});
