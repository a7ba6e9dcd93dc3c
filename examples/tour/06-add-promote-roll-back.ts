/** A version is added, checked and promoted under load; a bad one is refused, and rolled back where it was forced. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demonstrateRegistry, prove, say, traffic } from "./kit.ts";

const [ROW] = JSON.parse(readFileSync("examples/data/customers.json", "utf8")) as object[];

/** A folder with version 1's model and this manifest, beside what version 1 predicts for a known customer. */
function variantOf(path: string, name: string, manifest: object, golden?: object): string {
  const folder = join(path, name);
  mkdirSync(folder);
  cpSync("examples/models/churn/1/model.onnx", join(folder, "model.onnx"));
  writeFileSync(join(folder, "model.json"), JSON.stringify(manifest));
  if (golden) writeFileSync(join(folder, "golden.json"), JSON.stringify(golden));
  return folder;
}

await demonstrateRegistry("6  Add, promote, roll back under load", async (demo) => {
  const { path, sirve, predict } = demo;
  const manifest = JSON.parse(readFileSync("examples/models/churn/model.json", "utf8")) as {
    labels: string[];
  };

  await sirve("add", variantOf(path, "first", manifest), "--name", "churn", "--metrics", "auc=0.81");
  const { body } = await predict("churn", { rows: [ROW] });
  const golden = { cases: [{ request: { rows: [ROW] }, predictions: body["predictions"] }] };
  await sirve("add", variantOf(path, "second", manifest, golden), "--name", "churn", "--metrics", "auc=0.83");
  const { answers, stop } = traffic(demo, "churn", { rows: [ROW] });
  const promoted = await sirve("promote", "churn@2", "--reason", "better auc");
  prove(
    "version 2 loads, warms up, keeps the signature and its golden rows, so it is promoted",
    promoted.code === 0,
  );

  const turned = { ...manifest, labels: manifest.labels.toReversed() };
  await sirve("add", variantOf(path, "turned", turned), "--name", "churn");
  const refused = await sirve("promote", "churn@3");
  prove("version 3 calls those who stay those who leave: refused, version 2 goes on", refused.code !== 0);
  await sirve("promote", "churn@3", "--force", "--reason", "I know better");
  const back = await sirve("rollback", "churn", "--reason", "I did not");
  prove("one command brings version 2 back", back.code === 0 && /\d ms/.test(back.text));
  await sirve("audit", "--model", "churn");
  await stop();

  for (const [who, count] of answers) say(`${count} answers: ${who}`);
  prove("not one request failed", ![...answers.keys()].some((who) => who.startsWith("failed")));
  prove("each version answered while it was champion", answers.has("version 2") && answers.has("version 3"));
});
