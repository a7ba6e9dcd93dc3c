/** Code of one's own as a model: ten lines of TypeScript, batched, versioned and rolled back like any other. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demonstrateRegistry, prove, say } from "./kit.ts";

const handler = (expression: string) => `import type { Handler } from "sirve/handler";

export default {
  inputs: { text: { dtype: "BYTES", shape: [-1, 1] } },
  outputs: { words: { dtype: "INT32", shape: [-1, 1] } },
  predict: ({ text }) => ({
    words: { shape: text.shape, data: Int32Array.from(text.data, (one: string) => ${expression}) },
  }),
} satisfies Handler;
`;

const REQUESTS = 200;

await demonstrateRegistry(
  "11  A handler in ten lines",
  async ({ path, sirve, predict, metric }) => {
    const write = (name: string, expression: string) => {
      mkdirSync(join(path, name));
      const file = join(path, name, "handler.ts");
      writeFileSync(file, handler(expression));
      return file;
    };
    const first = write("first", "one.split(' ').length");
    for (const line of handler("one.split(' ').length").trimEnd().split("\n")) say(`  ${line}`);
    const golden = join(path, "golden.json");
    const cases = [{ request: { rows: [{ text: "one two three" }] }, predictions: [{ words: 3 }] }];
    writeFileSync(golden, JSON.stringify({ cases }));
    await sirve("add", first, "--name", "words", "--golden", golden, "--no-git");
    const texts = Array.from({ length: REQUESTS }, (_, i) =>
      Array(i % 9)
        .fill("a")
        .join(" "),
    );
    const answers = await Promise.all(texts.map(async (text) => predict("words", { rows: [{ text }] })));
    const right = answers.every(({ body }, i) => {
      const [{ words }] = body["predictions"] as [{ words: number }];
      return words === (texts[i] ?? "").split(" ").length;
    });
    const runs = await metric("sirve_batch_rows_count", 'model="words"');
    say(`${REQUESTS} requests at once, in ${runs} calls of predict`);
    prove("each got its own answer", right);
    prove("they were joined, as for any model", runs < REQUESTS);

    await sirve("add", write("second", "one.length.of.nothing"), "--name", "words", "--no-git");
    const refused = await sirve("promote", "words@2");
    prove("version 2 fails on the golden row: it is not promoted", refused.code !== 0);
    const { status } = await predict("words", { rows: [{ text: "still here" }] });
    prove("version 1 goes on", status === 200);
  },
  ["--engine-allow-code"],
);
