import { PlatformError } from "../../base/index.ts";
import type { TensorSpec } from "../../model/index.ts";
import {
  createStorage,
  elementBytes,
  elementCount,
  type NumericDType,
  type StorageOf,
  type Tensor,
  viewStorage,
} from "../../tensor/index.ts";
import { type AxisSource, outputShape } from "../output-shape.ts";
import { ELEMENT_TYPE } from "./element-type.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import { type Address, addressOf, openLibc } from "./ffi.ts";
import { readShape } from "./graph-port.ts";
import { NativeBuffer } from "./native-buffer.ts";
import { createValue, isSameShape } from "./ort-value.ts";
import { readStrings } from "./string-tensor.ts";

/** From this size on the engine writes straight into the answer's own memory. */
const DIRECT_BYTES = 32 * 1024;

/**
 * One output of a batch slot. Where the signature and the inputs tell its shape, the engine writes
 * into memory that is there already; else the engine allocates, and the answer is copied out.
 */
export class OutputPort {
  readonly spec: TensorSpec;
  readonly #engine: Engine;
  readonly #axes: readonly AxisSource[] | undefined;
  readonly #buffer = new NativeBuffer();
  #view: Float32Array | undefined;
  #kept: Address = 0;
  #keptShape: readonly number[] = [];
  #bound: Address = 0;
  #direct: StorageOf[NumericDType] | undefined;
  #shape: number[] | undefined;

  /** `axes` tell the shape before the run; undefined: the engine allocates. */
  constructor(engine: Engine, spec: TensorSpec, axes: readonly AxisSource[] | undefined) {
    this.#engine = engine;
    this.spec = spec;
    this.#axes = spec.dtype === "BYTES" ? undefined : axes;
  }

  /** The OrtValue for the engine to write to, or 0: it shall allocate. */
  bind(rows: number, shapeOf: (input: number) => readonly number[]): Address {
    if (!this.#axes) return 0;
    this.#shape = outputShape(this.#axes, rows, shapeOf);
    const bytes = elementCount(this.#shape) * elementBytes(this.spec.dtype);
    this.#bound = bytes >= DIRECT_BYTES ? this.#bindDirect(bytes) : this.#bindKept(this.#shape, bytes);
    return this.#bound;
  }

  /** The output of the run, in memory of its own. `value` is what the engine left in the table. */
  take(value: Address): Tensor {
    if (value === 0) throw new PlatformError("internal", `the model gave no output "${this.spec.name}"`);
    if (!this.#bound || !this.#shape) return this.#takeAllocated(value);
    const { dtype } = this.spec;
    const data = this.#direct ?? this.#view?.slice(0, elementCount(this.#shape));
    const tensor = { dtype, shape: this.#shape, data: data as StorageOf[NumericDType] };
    this.unbind();
    return tensor;
  }

  /** Forgets what the run alone needed; `left` is a value in the table that was not taken. */
  unbind(left: Address = 0): void {
    if (left && left !== this.#bound) this.#engine.api.ReleaseValue(left);
    if (this.#bound && this.#bound !== this.#kept) this.#engine.api.ReleaseValue(this.#bound);
    this.#bound = 0;
    this.#direct = undefined;
    this.#shape = undefined;
  }

  free(): void {
    this.unbind();
    this.#dropKept();
    this.#buffer.free();
  }

  #bindDirect(bytes: number): Address {
    const dtype = this.spec.dtype as NumericDType;
    this.#direct = uninitialised(dtype, bytes / elementBytes(dtype));
    return createValue(this.#engine, dtype, this.#shape ?? [], { address: addressOf(this.#direct), bytes });
  }

  #bindKept(shape: readonly number[], bytes: number): Address {
    const dtype = this.spec.dtype as NumericDType;
    if (this.#buffer.reserve(bytes) || !this.#view) {
      this.#dropKept();
      const length = Math.floor(this.#buffer.capacity / elementBytes(dtype));
      // One dtype per port, so one kind of array; the union hides that.
      this.#view = viewStorage(dtype, this.#buffer.memory, 0, length) as Float32Array;
    }
    if (!this.#kept || !isSameShape(shape, this.#keptShape)) {
      this.#dropKept();
      const memory = { address: this.#buffer.address, bytes };
      this.#kept = createValue(this.#engine, dtype, shape, memory);
      this.#keptShape = shape;
    }
    return this.#kept;
  }

  #takeAllocated(value: Address): Tensor {
    const { api, out } = this.#engine;
    const { name, dtype } = this.spec;
    try {
      check(this.#engine, api.GetTensorTypeAndShape(value, out));
      const info = outAddress(this.#engine);
      const shape = readShape(this.#engine, info, name);
      check(this.#engine, api.GetTensorElementType(info, out));
      const element = this.#engine.outHalves[0];
      api.ReleaseTensorTypeAndShapeInfo(info);
      if (element !== ELEMENT_TYPE[dtype]) {
        throw new PlatformError("internal", `output "${name}" is not ${dtype}`);
      }
      return { dtype, shape, data: this.#copyOut(value, elementCount(shape)) };
    } finally {
      api.ReleaseValue(value);
    }
  }

  #copyOut(value: Address, count: number): Tensor["data"] {
    const { api, out } = this.#engine;
    const { dtype } = this.spec;
    if (dtype === "BYTES") return readStrings(this.#engine, value, count);
    if (count === 0) return createStorage(dtype, 0);
    check(this.#engine, api.GetTensorMutableData(value, out));
    const data = uninitialised(dtype, count);
    openLibc().copy(addressOf(data), outAddress(this.#engine), count * elementBytes(dtype));
    return data;
  }

  #dropKept(): void {
    if (this.#kept) this.#engine.api.ReleaseValue(this.#kept);
    this.#kept = 0;
  }
}

/** Storage whose every byte the caller writes. */
function uninitialised(dtype: NumericDType, count: number): StorageOf[NumericDType] {
  const { buffer } = Buffer.allocUnsafeSlow(count * elementBytes(dtype));
  return viewStorage(dtype, buffer, 0, count);
}
