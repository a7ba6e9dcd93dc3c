import { rawRequest } from "./http-load.ts";

/** A V2 request with one FP32 input "x" in the binary extension and binary outputs. */
export function tensorRequest(model: string, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101);
  const raw = Buffer.from(data.buffer);
  const head = Buffer.from(
    JSON.stringify({
      inputs: [{ name: "x", shape, datatype: "FP32", parameters: { binary_data_size: raw.length } }],
      parameters: { binary_data_output: true },
    }),
  );
  return rawRequest(`/v2/models/${model}/infer`, Buffer.concat([head, raw]), {
    "inference-header-content-length": String(head.length),
  });
}
