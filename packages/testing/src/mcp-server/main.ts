/**
 * The process behind `mcpTestServer()`: MCP over stdio, one JSON-RPC message a line.
 */
import { onLines } from "../lines.ts";

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

const TOOLS = [
  tool("echo", "Gives the text back.", { text: { type: "string" } }),
  tool("progress", "Reports steps of progress.", { steps: { type: "integer" } }),
  tool("ask", "Asks the person.", { message: { type: "string" }, url: { type: "string" } }),
  tool("fail", "Answers with an error.", { message: { type: "string" } }),
];

const answers = new Map<string | number, (result: unknown) => void>();
let requests = 0;

onLines(process.stdin, (line) => {
  const message = JSON.parse(line) as Message;
  if (message.method === undefined) {
    if (message.id !== undefined) answers.get(message.id)?.(message.result);
  } else if (message.id !== undefined) {
    void serve(message.id, message.method, message.params ?? {});
  }
});

async function serve(
  id: string | number,
  method: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  switch (method) {
    case "initialize":
      write({
        id,
        result: {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: "signalbox-testing", version: "1" },
        },
      });
      return;
    case "tools/list":
      write({ id, result: { tools: TOOLS } });
      return;
    case "tools/call":
      write({ id, result: await call(params) });
      return;
    case "ping":
      write({ id, result: {} });
      return;
    default:
      write({ id, error: { code: -32601, message: `no method ${method}` } });
  }
}

async function call(params: Readonly<Record<string, unknown>>): Promise<object> {
  const args = (params.arguments ?? {}) as Readonly<Record<string, unknown>>;
  switch (params.name) {
    case "echo":
      return content(String(args.text));
    case "progress": {
      const meta = params._meta as Readonly<Record<string, unknown>> | undefined;
      const steps = Number(args.steps);
      for (let step = 1; step <= steps; step += 1) {
        write({
          method: "notifications/progress",
          params: {
            progressToken: meta?.progressToken,
            progress: step,
            total: steps,
            message: `step ${step} of ${steps}`,
          },
        });
      }
      return content("done");
    }
    case "ask":
      return content(JSON.stringify(await elicit(args)));
    case "fail":
      return { ...content(String(args.message)), isError: true };
    default:
      return { ...content(`no tool ${String(params.name)}`), isError: true };
  }
}

function elicit(args: Readonly<Record<string, unknown>>): Promise<unknown> {
  const id = `elicit-${++requests}`;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  answers.set(id, resolve);
  const url = args.url;
  const params =
    typeof url === "string"
      ? { mode: "url", message: args.message, url, elicitationId: id }
      : {
          mode: "form",
          message: args.message,
          requestedSchema: {
            type: "object",
            properties: { name: { type: "string", title: "Name" } },
            required: ["name"],
          },
        };
  write({ id, method: "elicitation/create", params });
  return promise;
}

function content(text: string): { readonly content: readonly object[] } {
  return { content: [{ type: "text", text }] };
}

function tool(name: string, description: string, properties: object): object {
  return { name, description, inputSchema: { type: "object", properties } };
}

function write(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}
