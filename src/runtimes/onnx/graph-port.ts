import { PlatformError } from "../../base/index.ts";
import type { DType } from "../../tensor/index.ts";
import { dtypeOfElement } from "./element-type.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import { type Address, readText } from "./ffi.ts";
import { getSignedWord } from "./native-word.ts";

/** An input or output of a loaded graph, as the engine describes it. */
export interface GraphPort {
  readonly name: string;
  /** The name as a C string; the engine's memory, freed by {@link freePorts}. */
  readonly nameAddress: Address;
  /** Undefined for what is not a tensor of a dtype of the platform. */
  readonly dtype: DType | undefined;
  /** Sizes; -1 is free. */
  readonly shape: readonly number[];
  readonly symbols: readonly (string | undefined)[];
}

/** ONNXType of a dense tensor. */
const TENSOR = 1;

/** No real tensor has more axes; the engine's own limit is far lower for most operators. */
const MAX_RANK = 32;

/** The inputs and outputs of a session, in order. */
export interface GraphPorts {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
}

/** Reads a session's inputs and outputs. */
export function readPorts(engine: Engine, session: Address): GraphPorts {
  const { api, out } = engine;
  check(engine, api.SessionGetInputCount(session, out));
  const inputCount = outAddress(engine);
  check(engine, api.SessionGetOutputCount(session, out));
  const outputCount = outAddress(engine);
  const read = (count: number, side: "Input" | "Output") =>
    Array.from({ length: count }, (_, index) => readPort(engine, session, side, index));
  return { inputs: read(inputCount, "Input"), outputs: read(outputCount, "Output") };
}

/** Frees the names. */
export function freePorts({ api, allocator }: Engine, { inputs, outputs }: GraphPorts): void {
  for (const { nameAddress } of [...inputs, ...outputs]) api.AllocatorFree(allocator, nameAddress);
}

function readPort(engine: Engine, session: Address, side: "Input" | "Output", index: number): GraphPort {
  const { api, out, allocator } = engine;
  check(engine, api[`SessionGet${side}Name`](session, index, allocator, out));
  const nameAddress = outAddress(engine);
  check(engine, api[`SessionGet${side}TypeInfo`](session, index, out));
  const typeInfo = outAddress(engine);
  try {
    const name = readText(nameAddress);
    return { name, nameAddress, ...readType(engine, typeInfo, name) };
  } finally {
    api.ReleaseTypeInfo(typeInfo);
  }
}

function readType(
  engine: Engine,
  typeInfo: Address,
  name: string,
): Pick<GraphPort, "dtype" | "shape" | "symbols"> {
  const { api, out } = engine;
  check(engine, api.GetOnnxTypeFromTypeInfo(typeInfo, out));
  if (engine.outHalves[0] !== TENSOR) return { dtype: undefined, shape: [], symbols: [] };
  check(engine, api.CastTypeInfoToTensorInfo(typeInfo, out));
  const tensorInfo = outAddress(engine);
  check(engine, api.GetTensorElementType(tensorInfo, out));
  const dtype = dtypeOfElement(engine.outHalves[0] ?? 0);
  const shape = readShape(engine, tensorInfo, name);
  check(engine, api.GetSymbolicDimensions(tensorInfo, out, shape.length));
  const symbols = shape.map((_, axis) => readText(outAddress(engine, axis)) || undefined);
  return { dtype, shape, symbols };
}

/** Sizes in an OrtTensorTypeAndShapeInfo; free ones are -1. */
export function readShape(engine: Engine, tensorInfo: Address, name: string): number[] {
  const { api, out } = engine;
  check(engine, api.GetDimensionsCount(tensorInfo, out));
  const rank = outAddress(engine);
  if (rank > MAX_RANK) {
    throw new PlatformError(
      "failed_precondition",
      `"${name}" has ${rank} axes, expected at most ${MAX_RANK}`,
      {
        field: name,
        got: `${rank} axes`,
        expected: `at most ${MAX_RANK}`,
      },
    );
  }
  check(engine, api.GetDimensions(tensorInfo, out, rank));
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) shape.push(getSignedWord(engine.outHalves, axis));
  return shape;
}
