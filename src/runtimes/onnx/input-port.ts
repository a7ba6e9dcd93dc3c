import { PlatformError } from "../../base/index.ts";
import type { TensorSpec } from "../../model/index.ts";
import {
  byteLength,
  elementBytes,
  type NumericDType,
  Strings,
  type Tensor,
  type Tensors,
  viewStorage,
} from "../../tensor/index.ts";
import type { Engine } from "./engine.ts";
import { type Address, addressOf } from "./ffi.ts";
import { NativeBuffer } from "./native-buffer.ts";
import { createStringValue, createValue, isSameShape } from "./ort-value.ts";
import { fillStrings } from "./string-tensor.ts";

/** From this size on a single part is computed where it lies; below, a copy costs less than a new OrtValue. */
const DIRECT_BYTES = 32 * 1024;

/** Strings of a batch beyond this size are not kept in the slot until its next run. */
const KEEP_STRING_BYTES = 64 * 1024;

/** One input of a batch slot: native memory and the OrtValue over it, kept from run to run. */
export class InputPort {
  readonly spec: TensorSpec;
  /** The OrtValue of the present run; 0 where an optional input is absent. */
  value: Address = 0;
  /** Its joined shape. */
  shape: readonly number[] = [];
  readonly #engine: Engine;
  readonly #buffer = new NativeBuffer();
  #view: Float32Array | undefined;
  #kept: Address = 0;
  #keptShape: readonly number[] = [];

  constructor(engine: Engine, spec: TensorSpec) {
    this.#engine = engine;
    this.spec = spec;
  }

  /**
   * Joins the parts' tensors of this input on axis 0 into {@link InputPort.value}; returns the rows.
   * A large single part is used where it lies, so the caller keeps the parts alive until the run is over.
   */
  bind(parts: readonly Tensors[]): number {
    const first = parts[0]?.get(this.spec.name);
    this.value = 0;
    if (!first) return 0;
    if (first.dtype !== this.spec.dtype) throw wrongDtype(this.spec, first);
    const shape = parts.length === 1 ? first.shape : this.#joinedShape(first, parts);
    if (first.data instanceof Strings) this.#bindStrings(shape, parts);
    else if (parts.length === 1 && byteLength(first) >= DIRECT_BYTES) this.#bindDirect(first);
    else this.#bindNumbers(shape, parts);
    this.shape = shape;
    return shape[0] ?? 1;
  }

  /** Forgets what the run alone needed. */
  unbind(): void {
    if (this.value !== 0 && this.value !== this.#kept) this.#engine.api.ReleaseValue(this.value);
    this.value = 0;
  }

  free(): void {
    this.unbind();
    this.#dropKept();
    this.#buffer.free();
  }

  #joinedShape(first: Tensor, parts: readonly Tensors[]): number[] {
    let rows = 0;
    for (const part of parts) {
      const tensor = part.get(this.spec.name);
      if (!tensor || tensor.dtype !== first.dtype) {
        throw new RangeError(`parts differ in "${this.spec.name}"`);
      }
      rows += tensor.shape[0] ?? 1;
    }
    const shape = first.shape.slice();
    shape[0] = rows;
    return shape;
  }

  #bindDirect(tensor: Tensor): void {
    const data = tensor.data as ArrayBufferView;
    const memory = { address: addressOf(data), bytes: data.byteLength };
    this.value = createValue(this.#engine, tensor.dtype, tensor.shape, memory);
  }

  #bindNumbers(shape: readonly number[], parts: readonly Tensors[]): void {
    const dtype = this.spec.dtype as NumericDType;
    const { name } = this.spec;
    let bytes = elementBytes(dtype);
    for (const size of shape) bytes *= size;
    if (this.#buffer.reserve(bytes) || !this.#view) {
      this.#dropKept();
      const length = Math.floor(this.#buffer.capacity / elementBytes(dtype));
      // One dtype per port, so one kind of array; the union hides that.
      this.#view = viewStorage(dtype, this.#buffer.memory, 0, length) as Float32Array;
    }
    let at = 0;
    for (const part of parts) {
      const data = part.get(name)?.data as Float32Array;
      this.#view.set(data, at);
      at += data.length;
    }
    if (at * elementBytes(dtype) !== bytes) {
      throw new RangeError(`"${name}" holds ${at} values, not [${shape}]`);
    }
    if (!this.#kept || !isSameShape(shape, this.#keptShape)) {
      this.#keep(shape, createValue(this.#engine, dtype, shape, { address: this.#buffer.address, bytes }));
    }
    this.value = this.#kept;
  }

  #bindStrings(shape: readonly number[], parts: readonly Tensors[]): void {
    if (!this.#kept || !isSameShape(shape, this.#keptShape)) {
      this.#keep(shape, createStringValue(this.#engine, shape));
    }
    this.value = this.#kept;
    let at = 0;
    let bytes = 0;
    for (const part of parts) {
      const strings = part.get(this.spec.name)?.data as Strings;
      fillStrings(this.#engine, this.value, at, strings);
      at += strings.length;
      bytes += strings.byteLength;
    }
    // The value itself then belongs to the run alone.
    if (bytes > KEEP_STRING_BYTES) this.#kept = 0;
  }

  #keep(shape: readonly number[], value: Address): void {
    this.#dropKept();
    this.#kept = value;
    this.#keptShape = shape.slice();
  }

  #dropKept(): void {
    if (this.#kept) this.#engine.api.ReleaseValue(this.#kept);
    this.#kept = 0;
  }
}

function wrongDtype(spec: TensorSpec, tensor: Tensor): PlatformError {
  return new PlatformError(
    "invalid_argument",
    `input "${spec.name}" is ${tensor.dtype}, expected ${spec.dtype}`,
    {
      field: spec.name,
      got: tensor.dtype,
      expected: spec.dtype,
    },
  );
}
