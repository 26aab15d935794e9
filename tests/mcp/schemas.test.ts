/** Hosts that check a call against the tool's schema, and results too, let every example through. */
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv";
import { type Example, operationField, operations, toolsOf } from "@signalbox/contract";
import { describe, expect, test } from "vitest";

const validators = new AjvJsonSchemaValidator();

describe.each(toolsOf(operations).map((tool) => [tool.name, tool] as const))("%s", (_, tool) => {
  const isInput = validators.getValidator({ ...tool.inputSchema } as never);
  const isOutput = validators.getValidator({ ...tool.outputSchema } as never);

  test.each(tool.operations.map((operation) => [operation.name, operation] as const))(
    "takes and gives what the examples of %s show",
    (name, { examples }) => {
      for (const example of examples as readonly Example[]) {
        const fields = example.input as object;
        const { errorMessage } = isInput({ [operationField]: name, ...fields });
        if ("output" in example) {
          expect(errorMessage, example.title).toBe(undefined);
          expect(isOutput(example.output).errorMessage, example.title).toBe(undefined);
        } else if (example.error !== "invalid_request") {
          expect(errorMessage, example.title).toBe(undefined);
        }
      }
    },
  );

  test("refuses a call without its operation, of another tool's, and with a field none takes", () => {
    const [{ name, examples }] = tool.operations as [(typeof tool.operations)[number]];
    const { input } = examples.find((example) => "output" in example)!;
    const fields = input as object;
    expect(isInput(fields).valid).toBe(false);
    expect(isInput({ ...fields, [operationField]: "things.get" }).valid).toBe(false);
    expect(isInput({ ...fields, [operationField]: name, surprise: 1 }).valid).toBe(false);
  });
});
