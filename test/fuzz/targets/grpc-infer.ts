import assert from "node:assert/strict";
import { Deadlines, systemClock } from "../../../src/base/index.ts";
import { openInferenceGrpc } from "../../../src/protocols/index.ts";
import { rawInferRequest, typedInferRequest } from "../grpc-seeds.ts";
import { mutate } from "../mutate.ts";
import { blamesUs, context, planes } from "../planes.ts";
import type { FuzzTarget } from "../target.ts";

const protocol = openInferenceGrpc(planes, {
  version: "0.0.0",
  maxBodyBytes: 1 << 20,
  deadlines: new Deadlines(systemClock),
});
const call = { context, metadata: {}, setTrailer() {} };
/** INVALID_ARGUMENT, NOT_FOUND and UNIMPLEMENTED: what a damaged request may deserve. */
const BLAMES_CLIENT = new Set([3, 5, 12]);

/** Damaged `ModelInferRequest` messages, alone and in a stream. */
export const grpcInferTarget: FuzzTarget = {
  name: "grpc-infer",
  async run(random) {
    const [seed, other] =
      random.below(2) === 0 ? [rawInferRequest, typedInferRequest] : [typedInferRequest, rawInferRequest];
    const message = mutate(seed, random, other);
    if (random.below(4) > 0) await unary(message);
    else await streamed([message, seed]);
  },
};

async function unary(message: Uint8Array): Promise<void> {
  const method = protocol.methods.find(({ path }) => path.endsWith("/ModelInfer"));
  assert.ok(method?.kind === "unary");
  try {
    await method.handle(message, call);
  } catch (thrown) {
    blamesUs(thrown);
    const { code, message: text } = protocol.failure(thrown);
    assert.ok(BLAMES_CLIENT.has(code) && text.length > 0, `${code} ${text}`);
  }
}

/** Every message of a stream is answered, whatever the one before it was. */
async function streamed(messages: readonly Uint8Array[]): Promise<void> {
  const method = protocol.methods.find(({ kind }) => kind === "bidi");
  assert.ok(method?.kind === "bidi");
  async function* sent() {
    yield* messages;
  }
  let answers = 0;
  for await (const answer of method.handle(sent(), call)) {
    assert.ok(answer.length > 0);
    answers += 1;
  }
  assert.equal(answers, messages.length);
}
