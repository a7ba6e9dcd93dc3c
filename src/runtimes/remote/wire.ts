import { type Json, PlatformError, parseJson } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { RemoteAnswer, RemoteRequest } from "./exchange.ts";

/** Sends a request while a version is loaded. @throws PlatformError as {@link RemoteCaller.call}. */
export type Ask = (request: RemoteRequest) => Promise<RemoteAnswer>;

/** How one model is asked over one protocol. */
export interface Wire {
  readonly signature: Signature;
  /** Why trying it at load costs more than it saves; undefined where it does not. */
  readonly trialCost?: string;
  /** The requests of one run, whose answers are sent for one after another. */
  readonly encode: (inputs: Tensors, wanted: readonly string[] | undefined) => readonly RemoteRequest[];
  /** @throws PlatformError `internal`, naming the field of the answer that is not what was asked for. */
  readonly decode: (answers: readonly RemoteAnswer[], expected: Expected) => Tensors;
}

/** What an answer must hold. */
export interface Expected {
  readonly rows: number;
  readonly wanted: readonly string[] | undefined;
}

/** An answer that is not what the protocol or the signature says. */
export function badAnswer(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError(
    "internal",
    `the remote server answered ${shown} as ${field}, expected ${expected}`,
    { field, got: shown, expected },
  );
}

/** The JSON of an answer. @throws PlatformError `internal` naming `field`. */
export function jsonOf(bytes: Uint8Array, field = "body"): Json {
  try {
    // Both protocols write NaN and infinities as bare tokens.
    return parseJson(bytes, { nonFinite: true });
  } catch (cause) {
    const got = Buffer.from(bytes.subarray(0, 40)).toString("utf8");
    const { message } = PlatformError.from(cause);
    const details = { field, got, expected: "JSON", cause };
    throw new PlatformError("internal", `the remote server did not answer JSON: ${message}`, details);
  }
}

/** A JSON object. */
export type Fields = Readonly<Record<string, Json | undefined>>;

/** @throws PlatformError `internal` naming `field` if it is no object. */
export function fieldsOf(value: Json | undefined, field: string): Fields {
  if (typeof value === "object" && value !== null && !isList(value)) return value;
  throw badAnswer(field, kindOf(value), "an object");
}

/** @throws PlatformError `internal` naming `field` if it is no list. */
export function listOf(value: Json | undefined, field: string): readonly Json[] {
  if (isList(value)) return value;
  throw badAnswer(field, kindOf(value), "a list");
}

/** @throws PlatformError `internal` naming `field` if it is no text. */
export function textOf(value: Json | undefined, field: string): string {
  if (typeof value === "string") return value;
  throw badAnswer(field, kindOf(value), "a text");
}

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** A value as messages show it. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (isList(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}
