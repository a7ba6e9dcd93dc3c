import type { z } from "zod";
import { manifestSchema } from "../src/model/index.ts";
import { INPUT_STEPS, OUTPUT_STEPS } from "../src/prepare/index.ts";
import { fieldTable, inputSchema } from "./schema-table.ts";

const INTRODUCTION = `# Models and manifests

## The folder

    models/
      churn/1/model.onnx        version 1 of the model "churn"
      churn/2/model.onnx        version 2
      churn/model.json          optional manifest of both; churn/2/model.json would be that of version 2 alone
      price.onnx                version 1 of the model "price", with an optional price.json

A model's name is of letters, digits, \`-\`, \`_\` and \`.\`, and starts with a letter or digit; versions are 1, 2, 3 …
The folder is watched. A version appears once it is complete: best is to copy it beside (a name that starts with \`.\`, or
ends with \`~\`, \`.tmp\` or \`.part\`, is left alone) and to rename it. Deleting a version's folder drains and unloads it. A
version that does not load is reported with its reason, and the one before it goes on serving.

External data of an ONNX file must lie beside it, as plain files; links are refused. All rules of the folder are in
[model-folder.md](model-folder.md).

## The manifest

A bare ONNX file needs none: names, types and shapes are read from the file, class names from its metadata, and whether its
rows may share a run is found out by trying. \`model.json\` says what the file cannot. A misspelt field is an error.

    {
      "$schema": "../../node_modules/sirve/schemas/model.schema.json",
      "description": "Names the piece of clothing in a small grey picture",
      "labels": ["T-shirt/top", "Trouser", "…"],
      "inputPreparation": [{ "name": "image", "parameters": { "color": "grayscale" } }],
      "outputPreparation": [{ "name": "softmax" }, { "name": "top", "parameters": { "k": 3 } }]
    }

\`$schema\` is for editors, which complete and check by it; the server reads it past. It is a path from the manifest to
schemas/model.schema.json, which the package brings: the one above is that of models/fashion/model.json in a project with
Sirve among its packages. Examples are in examples/models/.

`;

const PREPARATION = `
## Preparation

Steps by name with their parameters. One input step turns what people send into the model's inputs; of the output steps any
number of \`softmax\` may come first, then one that answers. Without steps, rows are taken by column name, texts go to a
model with one text input, a label and its probabilities are recognised, and other outputs are answered as they are.
`;

/** The page docs/manifest.md. This page is printed from the schemas. */
export function manifestReference(): string {
  return [
    INTRODUCTION,
    fieldTable(manifestSchema),
    PREPARATION,
    ...stepSections("Input step", INPUT_STEPS),
    ...stepSections("Output step", OUTPUT_STEPS),
    "\nPrinted from the schemas: `npm run docs`.\n",
  ].join("");
}

function stepSections(kind: string, steps: Readonly<Record<string, z.ZodType>>): string[] {
  return Object.entries(steps).map(([name, schema]) => {
    const { description = "", properties = {} } = inputSchema(schema);
    const table = Object.keys(properties).length === 0 ? "" : `\n${fieldTable(schema)}`;
    return `\n### ${kind} \`${name}\`\n\n${description}\n${table}`;
  });
}
