import {
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { parseJson } from "../../src/base/index.ts";
import { fromBytes, toBytes, type WireTensor } from "./wire-tensor.ts";

/** Every way to ask for a prediction. */
export const WIRES = ["native", "v2-json", "v2-binary", "grpc"] as const;
export type Wire = (typeof WIRES)[number];

/** What is asked, the same on every wire. */
export interface WireRequest {
  readonly model: string;
  readonly version?: number | undefined;
  readonly inputs: readonly WireTensor[];
  readonly deadlineMs?: number;
}

/** What came back. Native outputs have no datatype: it is "". */
export type WireAnswer =
  | { readonly ok: true; readonly version: number; readonly outputs: ReadonlyMap<string, readonly unknown[]> }
  | {
      readonly ok: false;
      /** HTTP or gRPC status. */
      readonly status: number;
      readonly message: string;
      readonly retryAfter: string | null;
    };

type Message = Record<string, unknown>;
type Unary = (
  request: Message,
  options: object,
  callback: (error: ServiceError | null, response?: Message) => void,
) => void;

/** Clients of one server for all its wires, made from the specifications and not from the sources. */
export interface WireClients {
  infer(wire: Wire, request: WireRequest): Promise<WireAnswer>;
  /** Any unary RPC. */
  rpc(method: string, request: Message): Promise<Message>;
  close(): void;
}

/** Connects to a server; `close` it in a `finally`. */
export function connectWires(url: string, grpc: string): WireClients {
  const definition = loadSync("proto/inference.proto", { keepCase: true, longs: String, defaults: true });
  const packages = loadPackageDefinition(definition)["inference"] as GrpcObject;
  const Service = packages["GRPCInferenceService"] as ServiceClientConstructor;
  const options = { "grpc.max_receive_message_length": -1 };
  const client = new Service(grpc, credentials.createInsecure(), options);
  return {
    infer: (wire, request) => {
      if (wire === "grpc") return inferGrpc(client, request);
      return wire === "native" ? inferNative(url, request) : inferV2(url, request, wire === "v2-binary");
    },
    rpc: (method, request) => call(client, method, request),
    close: () => client.close(),
  };
}

/** JSON text with integers of any size and the floats that JSON cannot hold as `nonFinite` writes them. */
function jsonOf(data: WireTensor["data"], nonFinite: (text: string) => string): string {
  return `[${data.map((value) => elementOf(value, nonFinite)).join()}]`;
}

function elementOf(value: WireTensor["data"][number], nonFinite: (text: string) => string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return nonFinite(String(value));
  return Object.is(value, -0) ? "-0.0" : JSON.stringify(value);
}

async function inferNative(
  url: string,
  { model, version, inputs, deadlineMs }: WireRequest,
): Promise<WireAnswer> {
  const parts = inputs.map(({ name, shape, data }) => {
    return `{"name":${JSON.stringify(name)},"shape":[${shape}],"data":${jsonOf(data, JSON.stringify)}}`;
  });
  const path = version === undefined ? model : `${model}/versions/${version}`;
  const response = await fetch(`${url}/predict/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...deadlineHeader(deadlineMs) },
    body: `{"inputs":[${parts.join()}]}`,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) return refused(response, bytes);
  const answer = parseJson(bytes) as { version: number; outputs: Readonly<Record<string, unknown>> };
  const outputs = Object.entries(answer.outputs).map(([name, value]) => [name, flat(value)] as const);
  return { ok: true, version: answer.version, outputs: new Map(outputs) };
}

const deadlineHeader = (deadlineMs: number | undefined): Record<string, string> =>
  deadlineMs === undefined ? {} : { "x-sirve-deadline-ms": String(deadlineMs) };

function flat(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flatMap(flat) : [value];
}

function refused(response: Response, bytes: Buffer): WireAnswer {
  const message = bytes.toString();
  return { ok: false, status: response.status, message, retryAfter: response.headers.get("retry-after") };
}

interface V2Output {
  readonly name: string;
  readonly datatype: string;
  readonly data?: readonly unknown[];
  readonly parameters?: { readonly binary_data_size?: number };
}

async function inferV2(url: string, request: WireRequest, isBinary: boolean): Promise<WireAnswer> {
  const { model, version, deadlineMs } = request;
  const { body, headers } = isBinary ? binaryBody(request) : jsonBody(request);
  const path = version === undefined ? model : `${model}/versions/${version}`;
  const response = await fetch(`${url}/v2/models/${path}/infer`, {
    method: "POST",
    headers: { ...headers, ...deadlineHeader(deadlineMs) },
    body: body as NonNullable<RequestInit["body"]>,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) return refused(response, bytes);
  const length = Number(response.headers.get("inference-header-content-length") ?? bytes.length);
  const head = parseJson(bytes.subarray(0, length), { nonFinite: true }) as unknown as {
    model_version: string;
    outputs: V2Output[];
  };
  let at = length;
  const outputs = head.outputs.map(({ name, datatype, data, parameters }) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return [name, flat(data)] as const;
    at += size;
    return [name, fromBytes(datatype, bytes.subarray(at - size, at))] as const;
  });
  return {
    ok: true,
    version: Number(head.model_version),
    outputs: new Map<string, readonly unknown[]>(outputs),
  };
}

function jsonBody({ inputs }: WireRequest): { body: string; headers: Record<string, string> } {
  const parts = inputs.map(({ name, datatype, shape, data }) => {
    const head = `"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape}]`;
    return `{${head},"data":${jsonOf(data, (text) => text)}}`;
  });
  return { body: `{"inputs":[${parts.join()}]}`, headers: { "content-type": "application/json" } };
}

function binaryBody({ inputs }: WireRequest): { body: Uint8Array; headers: Record<string, string> } {
  const raw = inputs.map(toBytes);
  const described = inputs.map(({ name, datatype, shape }, i) => {
    return { name, datatype, shape, parameters: { binary_data_size: raw[i]?.length } };
  });
  const head = Buffer.from(JSON.stringify({ inputs: described, parameters: { binary_data_output: true } }));
  const headers = {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(head.length),
  };
  return { body: Buffer.concat([head, ...raw]), headers };
}

async function inferGrpc(
  client: Client,
  { model, version, inputs, deadlineMs }: WireRequest,
): Promise<WireAnswer> {
  const request = {
    model_name: model,
    model_version: version === undefined ? "" : String(version),
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    raw_input_contents: inputs.map(toBytes),
  };
  try {
    const answer = await call(client, "ModelInfer", request, deadlineMs);
    const raw = answer["raw_output_contents"] as Buffer[];
    const outputs = (answer["outputs"] as V2Output[]).map(({ name, datatype }, i) => {
      return [name, fromBytes(datatype, raw[i] ?? Buffer.alloc(0))] as const;
    });
    return { ok: true, version: Number(answer["model_version"]), outputs: new Map(outputs) };
  } catch (thrown) {
    const { code, details } = thrown as ServiceError;
    return { ok: false, status: code, message: details, retryAfter: null };
  }
}

async function call(client: Client, method: string, request: Message, deadlineMs?: number): Promise<Message> {
  const unary = ((client as unknown as Message)[method] as Unary).bind(client);
  const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    unary(request, options, (error, response) => (error ? reject(error) : resolve(response ?? {})));
  });
}
