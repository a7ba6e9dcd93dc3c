import type { DType, NumericDType, StorageOf } from "../../tensor/index.ts";

/** A tensor between processes: strings as bytes and offsets. */
export type WireTensor =
  | {
      readonly dtype: NumericDType;
      readonly shape: readonly number[];
      readonly data: StorageOf[NumericDType];
    }
  | {
      readonly dtype: "BYTES";
      readonly shape: readonly number[];
      readonly bytes: Uint8Array;
      readonly offsets: Uint32Array;
    };

export interface LoadOrder {
  readonly kind: "load";
  readonly session: number;
  readonly path: string;
  readonly intraOpThreads: number;
}

export interface RunOrder {
  readonly kind: "run";
  readonly session: number;
  readonly inputs: ReadonlyMap<string, WireTensor>;
  readonly outputs: readonly { readonly name: string; readonly dtype: DType }[];
}

/** What a child is told; it answers each but "unload" once, in order. */
export type Order = LoadOrder | RunOrder | { readonly kind: "unload"; readonly session: number };

export interface LoadedAnswer {
  readonly kind: "loaded";
  readonly rssBytes: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface RanAnswer {
  readonly kind: "ran";
  readonly outputs: ReadonlyMap<string, WireTensor>;
  readonly cpuUs: number;
  readonly computeUs: number;
}

export type Answer = LoadedAnswer | RanAnswer | { readonly kind: "failed"; readonly message: string };
