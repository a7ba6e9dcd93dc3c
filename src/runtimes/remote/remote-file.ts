import { z } from "zod";
import { PlatformError, parseJson } from "../../base/index.ts";
import { DTYPES, type DType } from "../../tensor/index.ts";

const MIB = 1024 * 1024;

const tensor = z
  .strictObject({
    name: z.string().min(1),
    dtype: z.enum(DTYPES as [DType, ...DType[]]),
    shape: z.array(z.int().min(-1)).max(32).describe("Sizes; -1 is any. A first size of -1 is that of rows."),
  })
  .describe("One input or output.");

const header = z
  .strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/, "expected the name of an environment variable") })
  .describe("The environment variable of the server that holds the value: secrets never stand in files.");

/** Headers that are not the user's to say. */
const OURS = /^(?:host|connection|content-.*|transfer-encoding|accept.*|te|trailer|upgrade|expect|cookie)$/i;

const headers = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z][\w-]*$/, "expected the name of a header")
      .refine((name) => !OURS.test(name), "is a header that Sirve sets"),
    header,
  )
  .default({});

const url = z
  .string()
  .refine(isAddress, "expected http://HOST:PORT or https://HOST, perhaps with a path")
  .describe("Address of the server; its origin must be among engine.allowRemote.");

/** The file `remote.json` of a version: a model that another server runs. */
export const remoteSchema = z
  .strictObject({
    $schema: z.string().optional(),
    url,
    protocol: z
      .enum(["v2", "tensorflow-serving", "openai"])
      .describe("How it is asked: Open Inference V2 and TensorFlow Serving over REST, or OpenAI-shaped."),
    model: z.string().min(1).describe("Name of the model on that server."),
    version: z.string().min(1).optional().describe("Its version there; default: that server's own choice."),
    task: z
      .enum(["embeddings", "chat"])
      .optional()
      .describe("Only with openai, and needed there: /v1/embeddings or /v1/chat/completions."),
    parameters: z
      .record(z.string(), z.json())
      .optional()
      .describe("Only with openai: further fields of each request, such as temperature."),
    inputs: z.array(tensor).min(1).optional().describe("Default: what the server's metadata says."),
    outputs: z.array(tensor).min(1).optional().describe("Default: what the server's metadata says."),
    headers: headers.describe("Sent with each request, such as Authorization."),
    timeoutMs: z
      .int()
      .min(1)
      .max(3_600_000)
      .default(30_000)
      .describe("Longest that one request may take with its retries; a caller's deadline may end it sooner."),
    retries: z
      .int()
      .min(0)
      .max(10)
      .default(2)
      .describe("How often a request that reached no model is sent again, within a budget of a tenth."),
    maxResponseBytes: z
      .int()
      .min(1)
      .max(1024 * MIB)
      .default(64 * MIB)
      .describe("A larger answer is refused."),
    maxConcurrent: z.int().min(1).max(256).default(8).describe("Requests under way at once at the most."),
  })
  .superRefine(checkTogether)
  .describe("remote.json of Sirve: a model that another server runs.");

export type Remote = z.infer<typeof remoteSchema>;

/** Whether a text is an address without credentials, query or fragment. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}

/** Fields of an OpenAI-shaped request that are made here. */
const MADE = ["model", "input", "messages", "stream", "encoding_format"];

interface Fields {
  readonly protocol: string;
  readonly version?: string | undefined;
  readonly task?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

function checkTogether(remote: Fields, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  const isOpenAi = remote.protocol === "openai";
  if (isOpenAi && remote.task === undefined) refuse("task", "openai needs it: embeddings or chat");
  for (const name of ["inputs", "outputs", "version"] as const) {
    if (isOpenAi && remote[name] !== undefined) refuse(name, "openai has none to say: the task fixes it");
  }
  for (const name of ["task", "parameters"] as const) {
    if (!isOpenAi && remote[name] !== undefined) refuse(name, "is for openai only");
  }
  const made = MADE.find((name) => Object.hasOwn(remote.parameters ?? {}, name));
  if (made !== undefined) refuse("parameters", `${made} is set by Sirve`);
  const isHalf = (remote.inputs === undefined) !== (remote.outputs === undefined);
  if (isHalf) refuse(remote.inputs ? "outputs" : "inputs", "inputs and outputs are declared together");
}

/** @throws PlatformError `failed_precondition` listing every wrong field with its path. */
export function parseRemote(bytes: Uint8Array): Remote {
  const result = remoteSchema.safeParse(jsonOf(bytes));
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new PlatformError("failed_precondition", `remote.json is wrong\n${z.prettifyError(result.error)}`, {
    field: ["remote.json", ...(first?.path ?? [])].join("."),
  });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    const { message } = PlatformError.from(cause);
    const details = { field: "remote.json", cause };
    throw new PlatformError("failed_precondition", `remote.json is not JSON: ${message}`, details);
  }
}
