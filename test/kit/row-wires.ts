/** Wires that take rows, and how each asks for a name. */
export const ROW_WIRES = ["native", "tensorflow", "sagemaker", "vertex", "v2"] as const;
export type RowWire = (typeof ROW_WIRES)[number];

const VERTEX = "/v1/projects/p/locations/l/endpoints";

/** Path and body by which a wire asks for a prediction of rows. */
export function rowRequest(
  wire: RowWire,
  name: string,
  rows: readonly object[],
): [path: string, body: object] {
  const named = encodeURIComponent(name);
  if (wire === "native") return [`/predict/${named}`, { rows }];
  if (wire === "tensorflow") return [`/v1/models/${named}:predict`, { instances: rows }];
  if (wire === "sagemaker") return [`/endpoints/${named}/invocations`, { rows }];
  if (wire === "vertex") return [`${VERTEX}/${named}:predict`, { instances: rows }];
  return [`/v2/models/${named}/infer`, { inputs: columnsOf(rows) }];
}

function columnsOf(rows: readonly object[]): object[] {
  return Object.entries(rows[0] ?? {}).map(([name, first]) => {
    const data = rows.map((row) => (row as Record<string, unknown>)[name]);
    return { name, shape: [rows.length, 1], datatype: typeof first === "string" ? "BYTES" : "FP32", data };
  });
}
