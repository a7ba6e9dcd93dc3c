import assert from "node:assert/strict";

/** Asks a handler for the lengths of texts: input `text`, output `length`. */
export async function askLengths(
  url: string,
  texts: readonly string[],
  model = "lengths",
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; data: number[] | undefined; error: string | undefined }> {
  const reply = await fetch(`${url}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({
      inputs: [{ name: "text", datatype: "BYTES", shape: [texts.length, 1], data: texts }],
    }),
  });
  const body = (await reply.json()) as { outputs?: { data: number[] }[]; error?: string };
  return { status: reply.status, data: body.outputs?.[0]?.data, error: body.error };
}

/** The handler answers many callers at once, each with its own, on both wires, and says what it is. */
export async function assertLengthsOnEveryWire(url: string, platform: string): Promise<void> {
  assert.deepEqual((await askLengths(url, ["a", "bcd"])).data, [1, 3]);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => askLengths(url, ["x".repeat(i)])));
  assert.deepEqual(
    answers.map(({ data }) => data?.[0]),
    Array.from({ length: 40 }, (_, i) => i),
  );
  const native = await fetch(`${url}/predict/lengths`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ rows: [{ text: "four" }] }),
  });
  assert.deepEqual(((await native.json()) as { predictions: unknown }).predictions, [{ length: 4 }]);
  const metadata = (await (await fetch(`${url}/v2/models/lengths`)).json()) as { platform: string };
  assert.equal(metadata.platform, platform);
}
