/** A model that scikit-learn pickled: opened by an allow-list, converted, compared with the original; and a pickle that attacks. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demonstrateRegistry, prove, say } from "./kit.ts";

const MODEL = "examples/data/iris.joblib";
const FLOWER = {
  "sepal length (cm)": 6.3,
  "sepal width (cm)": 3.3,
  "petal length (cm)": 6.0,
  "petal width (cm)": 2.5,
};

/** A pickle that would write a file when it is opened. It names builtins.exec; protocol 2. */
const attack = (path: string) => {
  const code = `open('${path}', 'w')`;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(code.length);
  const text = Buffer.concat([Buffer.from("X"), length, Buffer.from(code)]);
  return Buffer.concat([Buffer.from("\x80\x02cbuiltins\nexec\n(", "latin1"), text, Buffer.from("tR.")]);
};

await demonstrateRegistry("13  A model of scikit-learn, and a pickle that attacks", async (demo) => {
  const { path, sirve, predict } = demo;
  const [evil, attacked] = [join(path, "evil.pkl"), join(path, "attacked")];
  writeFileSync(evil, attack(attacked));
  for (const more of [[], ["--allow-code"]]) {
    const { code } = await sirve("add", evil, "--name", "evil", "--no-git", ...more);
    prove(
      `evil.pkl is refused by what it would call${more.length > 0 ? ", also where code is allowed" : ""}`,
      code !== 0,
    );
  }
  prove("and was never opened", !existsSync(attacked));

  if (spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status !== 0) {
    say("the rest needs Python 3.11 or newer as python3: skipped");
    return;
  }
  say(
    "the first time an environment with scikit-learn 1.9.1 is made, which takes half a minute and a network",
  );
  const { code, text } = await sirve("add", MODEL, "--name", "iris", "--no-git", "--allow-code");
  if (/cannot be installed|were not installed/.test(text)) {
    say("its packages could not be installed here: skipped");
    return;
  }
  prove("read, converted, loaded, warmed up, compared, served", code === 0);
  const { body } = await predict("iris", { rows: [FLOWER] });
  const [first] = body["predictions"] as [{ label: string; probabilities: Record<string, number> }];
  say(
    `a flower: ${first.label} (${Object.values(first.probabilities)
      .map((one) => one.toFixed(3))
      .join(", ")})`,
  );
  prove("it answers by the names of its columns, with the names of its classes", first.label === "virginica");
});
