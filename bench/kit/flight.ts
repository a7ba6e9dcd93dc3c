import { loadSync } from "@grpc/proto-loader";

/** One real flight: what a client of the flight-delay model sends. */
const FLIGHT = {
  origin: "ORD",
  destination: "MSP",
  distance: 334,
  hour: 13,
  dayOfWeek: 3,
  month: 6,
} as const;

export const INFER_METHOD = "/inference.GRPCInferenceService/ModelInfer";

export interface WireRequest {
  readonly name: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The same flight over native JSON, V2 JSON and V2 binary. */
export function flightRequests(): WireRequest[] {
  const json = { "content-type": "application/json" };
  const inputs = Object.entries(FLIGHT).map(([name, value]) => ({ ...specOf(name, value), data: [value] }));
  return [
    { name: "native JSON", path: "/predict/flight-delay", body: utf8({ rows: [FLIGHT] }), headers: json },
    { name: "V2 JSON", path: "/v2/models/flight-delay/infer", body: utf8({ inputs }), headers: json },
    binaryRequest(),
  ];
}

function binaryRequest(): WireRequest {
  const parts = Object.entries(FLIGHT).map(([name, value]) => ({ name, value, raw: rawOf(value) }));
  const inputs = parts.map(({ name, value, raw }) => {
    return { ...specOf(name, value), parameters: { binary_data_size: raw.length } };
  });
  const head = utf8({ inputs, parameters: { binary_data_output: true } });
  return {
    name: "V2 binary",
    path: "/v2/models/flight-delay/infer",
    body: Buffer.concat([head, ...parts.map(({ raw }) => raw)]),
    headers: { "inference-header-content-length": String(head.length) },
  };
}

/** The same flight as a ModelInferRequest with raw contents. */
export function flightMessage(): Uint8Array {
  const definition = loadSync("proto/inference.proto", { keepCase: true });
  const service = definition["inference.GRPCInferenceService"] as unknown as {
    ModelInfer: { requestSerialize: (message: object) => Buffer };
  };
  return service.ModelInfer.requestSerialize({
    model_name: "flight-delay",
    inputs: Object.entries(FLIGHT).map(([name, value]) => specOf(name, value)),
    raw_input_contents: Object.values(FLIGHT).map(rawOf),
  });
}

const specOf = (name: string, value: string | number) => ({
  name,
  shape: [1, 1],
  datatype: typeof value === "string" ? "BYTES" : "FP32",
});

function rawOf(value: string | number): Buffer {
  if (typeof value === "number") return Buffer.from(Float32Array.of(value).buffer);
  const text = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}

const utf8 = (value: unknown) => Buffer.from(JSON.stringify(value));
