import { type Compression, decompress, type Json, parseJson } from "../../base/index.ts";
import { decodeTensor } from "../../client/index.ts";
import type { ShadowWire } from "./wire.ts";

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly bytes: Uint8Array;
}

export type Value = number | bigint | string | boolean | null;

/** One output of an answer, flat. */
export interface OutputValues {
  /** What must be the same on both sides: shape, and datatype where the wire tells it. */
  readonly kind: string;
  /** Whether whole numbers are integers, which are the same or not. */
  readonly isExact: boolean;
  readonly values: readonly Value[];
}

const MAX_PLAIN_BYTES = 256 * 1024 * 1024;
const LENGTH = "inference-header-content-length";

/** The outputs of an answer by name. @throws Error if it is no such answer. */
export async function outputsOf(
  wire: ShadowWire,
  answer: RawAnswer,
): Promise<ReadonlyMap<string, OutputValues>> {
  const bytes = await plainBytes(answer);
  return wire === "v2" ? v2Outputs(bytes, answer.header(LENGTH)) : tensorFlowOutputs(bytes);
}

async function plainBytes({ header, bytes }: RawAnswer): Promise<Uint8Array> {
  const encoding = header("content-encoding") ?? "identity";
  if (encoding === "identity") return bytes;
  if (!["gzip", "deflate", "br"].includes(encoding)) throw new Error(`the encoding ${encoding} is unknown`);
  const plain = await decompress(bytes, encoding as Compression, MAX_PLAIN_BYTES);
  if (plain === "too large") throw new Error("the answer is too large");
  return plain;
}

interface V2Head {
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly data?: Json;
    readonly parameters?: { readonly binary_data_size?: number };
  }[];
}

function v2Outputs(bytes: Uint8Array, length: string | undefined): Map<string, OutputValues> {
  const end = length === undefined ? bytes.length : Number(length);
  const { outputs } = parseJson(bytes.subarray(0, end), { nonFinite: true }) as unknown as V2Head;
  let at = end;
  return new Map(
    outputs.map(({ name, datatype, shape, data, parameters }) => {
      const size = parameters?.binary_data_size;
      const raw = size === undefined ? undefined : bytes.subarray(at, at + size);
      at += size ?? 0;
      const values = raw ? rawValues(raw, { name, datatype, shape }) : leaves(data ?? []);
      // Triton writes booleans as true, others as 1.
      const isBool = datatype === "BOOL";
      const plain = isBool ? values.map((value) => Number(value)) : values;
      const isExact = !/^(?:BF16|FP\d\d)$/.test(datatype);
      return [name, { kind: `${datatype} [${shape.join(", ")}]`, isExact, values: plain }];
    }),
  );
}

function rawValues(
  raw: Uint8Array,
  tensor: { name: string; datatype: string; shape: readonly number[] },
): Value[] {
  const values = decodeTensor(raw, tensor) as Iterable<number | bigint | string | Uint8Array>;
  return Array.from(values, (one) => (one instanceof Uint8Array ? Buffer.from(one).toString() : one));
}

/** The rows of `predictions`, or the columns of `outputs`: by name where there are names. */
function tensorFlowOutputs(bytes: Uint8Array): Map<string, OutputValues> {
  const body = parseJson(bytes, { nonFinite: true });
  if (!isObject(body)) throw new Error("the answer is no object");
  const { predictions, outputs } = body;
  if (predictions === undefined && outputs === undefined) throw new Error("the answer has no predictions");
  if (outputs !== undefined) {
    return new Map(isObject(outputs) ? entriesOf(outputs) : [["outputs", treeValues(outputs)]]);
  }
  const [first] = isList(predictions) ? predictions : [];
  if (!isList(predictions) || !isObject(first) || "b64" in first) {
    return new Map([["predictions", treeValues(predictions ?? null)]]);
  }
  const names = [...new Set(predictions.flatMap((row) => (isObject(row) ? Object.keys(row) : [])))];
  const column = (name: string) => predictions.map((row) => (isObject(row) ? (row[name] ?? null) : null));
  return new Map(names.map((name) => [name, treeValues(column(name))]));
}

const entriesOf = (outputs: { readonly [key: string]: Json }) =>
  Object.entries(outputs).map(([name, value]) => [name, treeValues(value)] as const);

function treeValues(value: Json): OutputValues {
  const shape: number[] = [];
  for (let at: Json | undefined = value; isList(at); at = at[0]) shape.push(at.length);
  // JSON tells no datatype: two whole numbers that differ are taken for labels or counts.
  return { kind: `[${shape.join(", ")}]`, isExact: true, values: leaves(value) };
}

function leaves(value: Json): Value[] {
  if (isList(value)) return value.flatMap(leaves);
  return isObject(value) ? [JSON.stringify(value)] : [value];
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !isList(value);
