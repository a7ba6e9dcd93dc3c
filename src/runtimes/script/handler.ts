import type { DType } from "../../tensor/index.ts";

/** Values of a tensor as a handler sees them: typed arrays of their kind, and texts. */
export type HandlerValues =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly string[];

/** A row-major array; FP16 and BF16 are their 16 bits. */
export interface HandlerTensor {
  readonly shape: readonly number[];
  readonly data: HandlerValues;
}

/** What a tensor looks like; -1 is any size. A first axis of -1 is that of rows. */
export interface HandlerSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What a handler is told at its start. */
export interface HandlerContext {
  /** Absolute path of the version's folder, with the files beside the handler. */
  readonly folder: string;
}

type Tensors = Readonly<Record<string, HandlerTensor>>;

/**
 * Code of your own as a model: the default export of `handler.ts`. It runs in a thread of its own; one call at a time.
 * docs/handlers.md shows one.
 */
export interface Handler<State = unknown> {
  readonly inputs: Readonly<Record<string, HandlerSpec>>;
  readonly outputs: Readonly<Record<string, HandlerSpec>>;
  /** Called once before the first prediction; what it gives is the state of every later one. */
  readonly load?: (context: HandlerContext) => State | Promise<State>;
  /** Computes the outputs of all rows. An error whose `code` is "invalid_argument" blames the caller. */
  // oxlint-disable-next-line no-explicit-any -- the inputs have the names that the handler itself declares
  readonly predict: (inputs: any, state: State) => Tensors | Promise<Tensors>;
}

/**
 * Code of your own around a model: the default export of `handler.ts` beside `model.onnx`. What is left out is as the model has it.
 * docs/handlers.md shows one.
 */
export interface ModelHandler<State = unknown> {
  /** What clients send, where `preprocess` takes something else than the model. */
  readonly inputs?: Readonly<Record<string, HandlerSpec>>;
  /** What clients get, where `postprocess` gives something else than the model. */
  readonly outputs?: Readonly<Record<string, HandlerSpec>>;
  readonly load?: (context: HandlerContext) => State | Promise<State>;
  /** From what clients send to the model's inputs. An error whose `code` is "invalid_argument" blames the caller. */
  // oxlint-disable-next-line no-explicit-any -- the inputs have the names that the handler itself declares
  readonly preprocess?: (inputs: any, state: State) => Tensors | Promise<Tensors>;
  /** From the model's outputs to what clients get. */
  // oxlint-disable-next-line no-explicit-any -- the names are those of the model beside it
  readonly postprocess?: (outputs: any, state: State) => Tensors | Promise<Tensors>;
}
