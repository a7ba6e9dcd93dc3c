/** A new version takes over while clients are served, a broken one never does, and taking one away reverts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demonstrate, prove, say, traffic, until } from "./kit.ts";

const FILE = (version: number) => `examples/models/churn/${version}/model.onnx`;
const [ROW] = JSON.parse(readFileSync("examples/data/customers.json", "utf8")) as object[];

await demonstrate(
  "2  Update and revert under load",
  (folder) => folder.add("churn", 1, FILE(1)),
  async (demo) => {
    const { folder, get } = demo;
    const model = async () => (await get("/api/v1/models/churn")) as ModelStatus;
    const serves = (version: number) => async () => (await model()).serving === version;
    const { answers, stop } = traffic(demo, "churn", { rows: [ROW] });

    folder.add("churn", 2, FILE(2));
    await until("version 2", serves(2));
    say("version 2 was put into the folder, and answers now");
    writeFileSync(join(folder.path, ".broken"), readFileSync(FILE(2)).subarray(0, 1000));
    folder.add("churn", 3, join(folder.path, ".broken"));
    await until("the verdict", async () =>
      (await model()).versions.some((v) => v.version === 3 && v.state === "failed"),
    );
    const reason = (await model()).versions.find((v) => v.version === 3)?.reason ?? "";
    prove(
      `version 3 is broken, so version 2 goes on: "${reason}"`,
      (await model()).serving === 2 && reason !== "",
    );
    folder.remove("churn", 2);
    folder.remove("churn", 3);
    await until("version 1", serves(1));
    say("versions 2 and 3 were taken away, and version 1 answers again");
    await stop();

    for (const [who, count] of answers) say(`${count} answers: ${who}`);
    prove("both versions have answered", answers.has("version 1") && answers.has("version 2"));
    prove("not one request failed", ![...answers.keys()].some((who) => who.startsWith("failed")));
  },
);

interface ModelStatus {
  readonly serving?: number;
  readonly versions: readonly { version: number; state: string; reason?: string }[];
}
