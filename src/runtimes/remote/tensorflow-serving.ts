import { type Json, writeJson } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { RemoteAnswer } from "./exchange.ts";
import { checkShape, nestedJson, tensorOfJson } from "./json-tensor.ts";
import type { Remote } from "./remote-file.ts";
import { declaredSignature, signatureOfTensorFlow } from "./signature.ts";
import { type Ask, type Expected, fieldsOf, jsonOf, type Wire } from "./wire.ts";

/**
 * TensorFlow Serving's REST API, in columns.
 *
 * @see tensorflow/serving, g3doc/api_rest.md, "Predict API".
 */
export async function openTensorFlowServing(remote: Remote, ask: Ask): Promise<Wire> {
  const version = remote.version === undefined ? "" : `/versions/${encodeURIComponent(remote.version)}`;
  const path = `/v1/models/${encodeURIComponent(remote.model)}${version}`;
  const describe = async () => jsonOf((await ask({ method: "GET", path: `${path}/metadata` })).body);
  const signature = declaredSignature(remote) ?? signatureOfTensorFlow(await describe());
  return {
    signature,
    encode: (inputs) => [
      {
        method: "POST",
        path: `${path}:predict`,
        headers: { "content-type": "application/json" },
        body: Buffer.from(requestText(inputs)),
      },
    ],
    decode: ([answer], expected) => decode(answer as RemoteAnswer, signature, expected),
  };
}

const asBase64 = (bytes: Uint8Array): Json => ({ b64: Buffer.from(bytes).toString("base64") });

function requestText(inputs: Tensors): string {
  const columns = [...inputs].map(([name, tensor]) => [name, nestedJson(name, tensor, asBase64)] as const);
  return writeJson({ inputs: Object.fromEntries(columns) }, { nonFinite: "token" });
}

function decode(answer: RemoteAnswer, { outputs }: Signature, { rows, wanted }: Expected): Tensors {
  const value = fieldsOf(jsonOf(answer.body), "body")["outputs"];
  const [only] = outputs;
  // A model with one output answers with the tensor itself.
  const fields = outputs.length === 1 && only ? { [only.name]: value } : fieldsOf(value, "outputs");
  const chosen = outputs.filter(({ name }) => wanted?.includes(name) ?? true);
  return new Map(
    chosen.map((spec) => {
      const field = `outputs.${spec.name}`;
      const tensor = tensorOfJson(fields[spec.name], { spec, field });
      checkShape(spec, tensor.shape, rows, field);
      return [spec.name, tensor];
    }),
  );
}
