import assert from "node:assert/strict";
import { type DType, encodeRaw, sliceRows, type Tensor, type Tensors } from "../tensor/index.ts";
import { isClose } from "./closeness.ts";
import type { RunResult, Runtime, Session } from "./contract.ts";

/** Where implementations differ, each with the reason that a skipped test prints; undefined: it can. */
export interface CannotDo {
  /** Strings that are not UTF-8, or hold NULs. */
  readonly anyBytes?: string;
  readonly bfloat16?: string;
  /** ZipMap outputs: sequence(map(…)). */
  readonly zipMap?: string;
}

/** What the parts of the suite are given. */
export interface Given {
  readonly load: (model: string, version?: number) => Promise<Session>;
  readonly runtime: () => Runtime;
  readonly cannot: CannotDo;
}

/** Options of a test that some runtimes skip. */
export const skip = (reason: string | undefined): { skip: string | false } => ({ skip: reason ?? false });

/** Runs in a lane, and inline too where the runtime can; both must agree bit for bit. */
export async function runBoth(session: Session, parts: readonly Tensors[]): Promise<RunResult> {
  const result = await session.start(parts).done;
  const inline = session.runInline?.(parts);
  for (const [name, tensor] of inline?.outputs ?? []) assertSameBits(result.outputs.get(name), tensor);
  return result;
}

/** Fails unless the two are equal in dtype, shape and every bit. */
export function assertSameBits(got: Tensor | undefined, expected: Tensor): void {
  assert.ok(got, "an output is missing");
  assert.equal(got.dtype, expected.dtype);
  assert.deepEqual([...got.shape], [...expected.shape]);
  assert.deepEqual(Buffer.from(encodeRaw(got)), Buffer.from(encodeRaw(expected)));
}

/** Fails unless the two agree within the tolerance of their dtype. */
export function assertClose(got: Tensor | undefined, expected: Tensor): void {
  assert.ok(
    got && isClose(got, expected),
    `${got?.dtype} [${got?.shape}] ${got?.data.length} is not as expected`,
  );
}

/** Inputs with one tensor. */
export const only = (tensor: Tensor, name = "x"): Tensors => new Map([[name, tensor]]);

/** Some rows of every input. */
export const rowsOf = (inputs: Tensors, start: number, end: number): Tensors =>
  new Map([...inputs].map(([name, tensor]) => [name, sliceRows(tensor, start, end)]));

/** Dtypes of a session's inputs by name. */
export const dtypesOf = ({ signature }: Session): Map<string, DType> =>
  new Map(signature.inputs.map((spec) => [spec.name, spec.dtype] as const));
