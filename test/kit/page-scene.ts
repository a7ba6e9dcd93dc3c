import { type Flags } from "../../src/config/index.ts";
import { type Files, type RegistryApp, withDataFolder, withRegistryApp } from "./registry-app.ts";

/** Two versions of churn, of which the first answers, and a model each for a picture, a text and rows. */
const VERSIONS: readonly (readonly [model: string, files: Files, more?: object])[] = [
  [
    "churn",
    ["examples/models/churn/1/model.onnx", "examples/models/churn/model.json"],
    { metrics: { auc: 0.81 } },
  ],
  [
    "churn",
    ["examples/models/churn/2/model.onnx", "examples/models/churn/model.json"],
    { metrics: { auc: 0.86 } },
  ],
  ["fashion", ["examples/models/fashion/2/model.onnx", "examples/models/fashion/model.json"]],
  ["spam", ["examples/models/spam/1/model.onnx", "examples/models/spam/model.json"]],
  ["flight-delay", ["examples/models/flight-delay/1/model.onnx", "examples/models/flight-delay/model.json"]],
];

/** A real server with real models, as the page of a small team would see it. */
export async function withPageScene(
  use: (app: RegistryApp) => Promise<void>,
  flags: Flags = {},
): Promise<void> {
  await withDataFolder(async (data) => {
    await withRegistryApp(
      data,
      async (app) => {
        for (const [model, files, more] of VERSIONS) {
          const { status, body } = await app.add(model, files, more);
          if (status !== 201) throw new Error(`${model} was not added: ${JSON.stringify(body)}`);
        }
        await use(app);
      },
      flags,
    );
  });
}
