import { PlatformError, parseJson } from "../../base/index.ts";
import type { TensorView } from "./v2-view.ts";

/** A value as JSON carries it. */
export type Value = number | bigint | boolean | string;

/** One input tensor of the requests that are sent. */
export interface SampleTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly values: readonly Value[];
}

/** What free sizes become. */
export interface SampleSizes {
  /** Size of a free first axis. */
  readonly rows: number;
  /** Whole shapes by input name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** More elements than any real request has; a mistyped shape would fill the memory. */
const MAX_ELEMENTS = 64 * 1024 * 1024;

/**
 * Inputs made from a model's metadata: numbers from 0 to 1, integers 0 and 1, short texts, the
 * same for every run. Other free axes than the first become 1 unless `shapes` names them.
 */
export function sampleInputs(inputs: readonly TensorView[], sizes: SampleSizes): SampleTensor[] {
  const unknown = [...sizes.shapes.keys()].find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const names = inputs.map((input) => input.name).join(", ");
    throw new PlatformError("invalid_argument", `--shape names no input of the model: ${unknown}`, {
      field: "--shape",
      got: unknown,
      expected: names,
    });
  }
  return inputs.map(({ name, datatype, shape }) => {
    const filled =
      sizes.shapes.get(name) ?? shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? sizes.rows : 1));
    const count = elementsOf(name, filled);
    return { name, datatype, shape: filled, values: sampleValues(datatype, count) };
  });
}

function elementsOf(name: string, shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count <= MAX_ELEMENTS) return count;
  throw new PlatformError("too_large", `input ${name} of shape [${shape}] has ${count} elements`, {
    field: "--shape",
    got: String(count),
    expected: `at most ${MAX_ELEMENTS}`,
  });
}

function sampleValues(datatype: string, count: number): Value[] {
  const next = generator(count);
  if (datatype === "BYTES") return Array.from({ length: count }, (_, i) => `text ${i % 10}`);
  if (datatype === "BOOL") return Array.from({ length: count }, () => next() < 0.5);
  if (/^U?INT64$/.test(datatype)) return Array.from({ length: count }, () => BigInt(Math.round(next())));
  if (/^U?INT/.test(datatype)) return Array.from({ length: count }, () => Math.round(next()));
  return Array.from({ length: count }, () => Math.fround(Math.round(next() * 1e4) / 1e4));
}

/** Numbers from 0 to 1, the same for one seed. Source: Steele and Vigna 2022, a 32-bit multiplier. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 0x915f77f5) + 1) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * The inputs in the JSON body of a V2 infer request.
 *
 * @throws PlatformError `invalid_argument` if it is none.
 */
export function inputsOfV2(body: Buffer): SampleTensor[] {
  const json = parseBody(body);
  const inputs = typeof json === "object" && json !== null && "inputs" in json ? json.inputs : undefined;
  if (!Array.isArray(inputs) || inputs.length === 0) throw notV2("no list under inputs");
  return inputs.map((input: unknown) => tensorOf(input));
}

function parseBody(body: Buffer): unknown {
  try {
    return parseJson(body, { nonFinite: true });
  } catch {
    throw notV2("no JSON");
  }
}

function tensorOf(input: unknown): SampleTensor {
  const { name, datatype, shape, data } = (input ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof datatype !== "string") {
    throw notV2("an input without name or datatype");
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) {
    throw notV2(`no shape in input ${name}`);
  }
  const values = Array.isArray(data) ? (data.flat(16) as unknown[]) : [];
  const sizes = shape as number[];
  if (values.length !== elementsOf(name, sizes) || !values.every(isValue)) {
    throw notV2(`${values.length} elements for shape [${sizes}] in input ${name}`);
  }
  return { name, datatype, shape: sizes, values };
}

const isValue = (value: unknown): value is Value =>
  ["number", "bigint", "boolean", "string"].includes(typeof value);

function notV2(problem: string): PlatformError {
  return new PlatformError("invalid_argument", "--input is no V2 infer request", {
    field: "--input",
    got: problem,
    expected: '{"inputs": [{"name", "datatype", "shape", "data"}]}',
    hint: "other files are sent with --wire native",
  });
}
