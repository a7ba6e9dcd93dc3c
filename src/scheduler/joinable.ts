import type { Session } from "../runtimes/index.ts";

/**
 * Why requests of a session must never be joined, one short clause; undefined if they may: its rows
 * are independent and every input and output has them on axis 0.
 */
export function whyNotJoined({ rows, rowsReason, signature }: Session): string | undefined {
  if (rows === "none") return rowsReason;
  const input = signature.inputs.find((spec) => spec.batchAxis === null);
  if (input) return `input "${input.name}" has no batch axis`;
  const output = signature.outputs.find((spec) => spec.batchAxis === null);
  return output && `output "${output.name}" has no batch axis`;
}
