/** A model that XGBoost saved: read, converted, compared, registered and served, with the library's own predictions. */
import { readFileSync } from "node:fs";
import { demonstrateRegistry, prove, say } from "./kit.ts";

const FOLDER = "test/artifacts/convert/xgboost/3.1.1";
const COLUMNS = ["age", "income", "height", "weight", "colour"];
const SHOWN = 4;

interface Golden {
  readonly rows: readonly (number | null)[];
  /** What booster.predict gave in Python. */
  readonly predictions: readonly number[];
}

const { rows, predictions: original } = JSON.parse(
  readFileSync(`${FOLDER}/binary-logistic.golden.json`, "utf8"),
) as Golden;
const people = original.map((_, i) => {
  return Object.fromEntries(COLUMNS.map((name, k) => [name, rows[i * COLUMNS.length + k]]));
});

await demonstrateRegistry("10  A model of XGBoost, without Python", async ({ sirve, predict }) => {
  say("1 trained   by scripts/golden/xgboost_models.py with XGBoost 3.1.1, saved as UBJSON");
  const added = await sirve("add", `${FOLDER}/binary-logistic.ubj`, "--name", "buyers", "--no-git");
  prove(
    "2 read, 3 converted to ONNX, 4 compared with the library's rules",
    /converted +differs by at most \d/.test(added.text),
  );
  prove("5 registered after a trial load", added.code === 0 && /version 1 added/.test(added.text));
  const { body } = await predict("buyers", { rows: people });
  const served = (body["predictions"] as { probabilities: Record<string, number> }[]).map(
    ({ probabilities }) => probabilities["1"] ?? Number.NaN,
  );
  for (let i = 0; i < SHOWN; i++) {
    say(`  ${JSON.stringify(people[i])}  XGBoost ${original[i]}  Sirve ${served[i]}`);
  }
  const largest = Math.max(...served.map((value, i) => Math.abs(value - (original[i] ?? Number.NaN))));
  prove(
    `6 served: ${served.length} rows, missing values among them, within ${largest.toExponential(0)} of Python`,
    largest < 1e-6,
  );
});
