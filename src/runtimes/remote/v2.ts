import { PlatformError, writeJson } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import { decodeRaw, encodeRaw, type Tensor, type Tensors } from "../../tensor/index.ts";
import type { RemoteAnswer, RemoteRequest } from "./exchange.ts";
import { checkShape, flatJson, tensorOfJson } from "./json-tensor.ts";
import type { Remote } from "./remote-file.ts";
import { declaredSignature, signatureOfV2 } from "./signature.ts";
import {
  type Ask,
  badAnswer,
  type Expected,
  type Fields,
  fieldsOf,
  isList,
  jsonOf,
  kindOf,
  listOf,
  type Wire,
} from "./wire.ts";

const LENGTH = "inference-header-content-length";

/**
 * Open Inference V2 over REST; tensors in binary where the server has the extension, as Triton and Sirve do.
 *
 * @see Open Inference Protocol, inference_rest.md, and "Binary Tensor Data Extension".
 */
export async function openV2(remote: Remote, ask: Ask): Promise<Wire> {
  const version = remote.version === undefined ? "" : `/versions/${encodeURIComponent(remote.version)}`;
  const path = `/v2/models/${encodeURIComponent(remote.model)}${version}`;
  const signature =
    declaredSignature(remote) ?? signatureOfV2(jsonOf((await ask({ method: "GET", path })).body));
  const isBinary = await hasBinary(ask);
  return {
    signature,
    encode: (inputs, wanted) => {
      const made = isBinary ? binaryRequest(inputs, wanted) : jsonRequest(inputs, wanted);
      return [{ ...made, method: "POST", path: `${path}/infer` }];
    },
    decode: ([answer], expected) => decode(answer as RemoteAnswer, signature, expected),
  };
}

/** Whether the server says that it has the extension; one without server metadata has not. */
async function hasBinary(ask: Ask): Promise<boolean> {
  try {
    const { extensions } = fieldsOf(jsonOf((await ask({ method: "GET", path: "/v2" })).body), "body");
    return isList(extensions) && extensions.includes("binary_tensor_data");
  } catch (thrown) {
    if (PlatformError.from(thrown).code !== "internal") throw thrown;
    return false;
  }
}

type Made = Pick<RemoteRequest, "headers" | "body">;

function jsonRequest(inputs: Tensors, wanted: readonly string[] | undefined): Made {
  const body = {
    inputs: [...inputs].map(([name, tensor]) => ({ ...headOf(name, tensor), data: flatJson(name, tensor) })),
    ...(wanted && { outputs: wanted.map((name) => ({ name })) }),
  };
  const text = writeJson(body, { nonFinite: "token" });
  return { headers: { "content-type": "application/json" }, body: Buffer.from(text) };
}

function binaryRequest(inputs: Tensors, wanted: readonly string[] | undefined): Made {
  const parts = [...inputs].map(([name, tensor]) => ({ name, tensor, raw: encodeRaw(tensor) }));
  const head = Buffer.from(
    writeJson({
      parameters: { binary_data_output: true },
      inputs: parts.map(({ name, tensor, raw }) => {
        return { ...headOf(name, tensor), parameters: { binary_data_size: raw.length } };
      }),
      ...(wanted && { outputs: wanted.map((name) => ({ name, parameters: { binary_data: true } })) }),
    }),
  );
  return {
    headers: { "content-type": "application/octet-stream", [LENGTH]: String(head.length) },
    body: Buffer.concat([head, ...parts.map(({ raw }) => raw)]),
  };
}

const headOf = (name: string, { dtype, shape }: Tensor) => ({ name, datatype: dtype, shape });

function decode(answer: RemoteAnswer, { outputs }: Signature, expected: Expected): Tensors {
  const { head, tail } = parted(answer);
  const found = new Map<string, Tensor>();
  let at = 0;
  for (const [i, item] of listOf(head["outputs"], "outputs").entries()) {
    const fields = fieldsOf(item, `outputs[${i}]`);
    const spec = outputs.find(({ name }) => name === fields["name"]);
    const size = binarySize(fields, `outputs[${i}]`);
    if (size > tail.length - at) {
      throw badAnswer(
        `outputs[${i}].parameters.binary_data_size`,
        String(size),
        `at most ${tail.length - at}`,
      );
    }
    const raw = size < 0 ? undefined : tail.subarray(at, at + size);
    at += Math.max(0, size);
    // One that nobody asked for is read past.
    if (spec) found.set(spec.name, outputOf(fields, spec, raw, expected.rows));
  }
  const wanted = expected.wanted ?? outputs.map(({ name }) => name);
  return new Map(wanted.map((name) => [name, found.get(name) ?? missing(name)]));
}

function missing(name: string): never {
  throw badAnswer(`outputs.${name}`, "nothing", "a tensor");
}

/** The JSON of an answer, and the raw tensors after it. */
function parted({ headers, body }: RemoteAnswer): { head: Fields; tail: Buffer } {
  const told = headers[LENGTH];
  const length = told === undefined ? body.length : Number(told);
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    throw badAnswer(LENGTH, String(told), `at most ${body.length}`);
  }
  return { head: fieldsOf(jsonOf(body.subarray(0, length)), "body"), tail: body.subarray(length) };
}

/** Bytes of an output after the JSON; -1 if its values are in the JSON. */
function binarySize({ parameters }: Fields, field: string): number {
  if (parameters === undefined) return -1;
  const size = fieldsOf(parameters, `${field}.parameters`)["binary_data_size"];
  if (size === undefined) return -1;
  if (typeof size === "number" && Number.isInteger(size) && size >= 0) return size;
  throw badAnswer(`${field}.parameters.binary_data_size`, kindOf(size), "a number of bytes");
}

function outputOf(fields: Fields, spec: TensorSpec, raw: Buffer | undefined, rows: number): Tensor {
  const field = `outputs.${spec.name}`;
  if (fields["datatype"] !== spec.dtype) {
    throw badAnswer(`${field}.datatype`, kindOf(fields["datatype"]), spec.dtype);
  }
  const shape = listOf(fields["shape"], `${field}.shape`).map((size) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
    throw badAnswer(`${field}.shape`, kindOf(size), "sizes");
  });
  checkShape(spec, shape, rows, `${field}.shape`);
  if (raw === undefined) return tensorOfJson(fields["data"], { spec, shape, field });
  try {
    return decodeRaw(spec.dtype, shape, raw);
  } catch (thrown) {
    const { details } = PlatformError.from(thrown);
    throw badAnswer(field, details.got ?? "other bytes", details.expected ?? "the elements of its shape");
  }
}
