import type { DType, Tensor } from "../../tensor/index.ts";

/** One requested output. */
export interface OutputRequest {
  readonly name: string;
  /** REST: whether it is wanted as bytes after the JSON; undefined: as the request says for all. */
  readonly binary?: boolean;
  /** Classification: how many of the highest values are wanted; 0: the tensor itself. */
  readonly classes: number;
}

/** What the parameters of a request ask of the server. */
export interface InferOptions {
  /** 1 is the highest level of the wire; 0 is the default. */
  readonly priority: number;
  /** Microseconds the request may take; 0: the server's limit. */
  readonly timeoutUs: number;
  /** Parameters that are not the wire's own. */
  readonly custom: ReadonlyMap<string, string | number | bigint | boolean>;
}

/** An inference request of either wire, decoded. */
export interface InferCall {
  /** The client's id; "" if it gave none. */
  readonly id: string;
  readonly model: string;
  readonly version: number | undefined;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Undefined: all outputs. */
  readonly outputs: readonly OutputRequest[] | undefined;
  /** Undefined if the request has no parameters. */
  readonly options: InferOptions | undefined;
}

/** The request that an input belongs to, for messages. */
export interface Place {
  readonly id: string;
  readonly model: string;
}

/** What is known of an input before its data is read. */
export interface InputHead {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly count: number;
}
