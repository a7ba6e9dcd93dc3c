import type { Signature, TensorSpec } from "../../model/index.ts";
import { signatureOf } from "../script/script-tensors.ts";
import type { Loaded } from "./reply.ts";

/** What a process declares, as a signature. @throws PlatformError `failed_precondition` naming what is wrong in it. */
export function declaredSignature({ inputs, outputs }: Loaded): Signature {
  // A shape that is none is refused by the reader.
  const plain = signatureOf({ inputs, outputs } as Parameters<typeof signatureOf>[0]);
  return { inputs: withExtras(plain.inputs, inputs), outputs: withExtras(plain.outputs, outputs) };
}

function withExtras(specs: readonly TensorSpec[], declared: Loaded["inputs"]): TensorSpec[] {
  return specs.map((spec) => {
    const { labels, words, optional } = declared[spec.name] ?? {};
    return {
      ...spec,
      ...(labels && { labels }),
      ...(words && { words }),
      ...(optional !== undefined && { optional }),
    };
  });
}
