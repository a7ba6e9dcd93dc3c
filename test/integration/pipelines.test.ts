import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type TestApp, withApp } from "../kit/app.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";

const handler = (outputs: string, body: string) => `export default {
  inputs: { x: { dtype: "FP32", shape: [-1, 1] } },
  outputs: { ${outputs} },
  predict: ({ x }) => { ${body} },
};`;
const LABEL = `label: { dtype: "FP32", shape: [-1, 1] }`;
const SCORES = `scores: { dtype: "FP32", shape: [-1, 1] }`;

/** Sure of what is 10 or more. */
const SMALL = handler(
  `${LABEL}, ${SCORES}`,
  "return { label: x, scores: { shape: x.shape, data: x.data.map((value) => value >= 10 ? 1 : 0.5) } };",
);
/** CPU that the large model takes at least. */
const LARGE_COST_US = 10_000;
/** Adds a thousand; never ends for 7, and blames 8. */
const LARGE = handler(
  LABEL,
  `const before = process.threadCpuUsage();
  while (process.threadCpuUsage(before).user < ${LARGE_COST_US}) {}
  if (x.data.includes(7)) for (;;) {}
  if (x.data.includes(8)) throw Object.assign(new Error("no eights"), { code: "invalid_argument" });
  return { label: { shape: x.shape, data: x.data.map((value) => value + 1000) } };`,
);

const CASCADE = {
  inputs: { x: { dtype: "FP32", shape: [-1, 1] } },
  steps: [
    { name: "small", model: "small", inputs: { x: "x" } },
    {
      name: "large",
      model: "large@1",
      inputs: { x: "small.label" },
      when: { confidence: "small.scores", under: 0.8 },
    },
  ],
  outputs: { label: { dtype: "FP32", shape: [-1, 1], from: ["large.label", "small.label"] } },
};

type Models = Readonly<Record<string, string | object>>;

function put(folder: string, model: string, content: string | object): void {
  const draft = join(folder, `.draft-${model}`);
  mkdirSync(draft);
  const [name, text] =
    typeof content === "string" ? ["handler.js", content] : ["pipeline.json", JSON.stringify(content)];
  writeFileSync(join(draft, name), text);
  mkdirSync(join(folder, model), { recursive: true });
  renameSync(draft, join(folder, model, "1"));
}

async function withModels(
  models: Models,
  use: (app: TestApp, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-pipelines-"));
  for (const [model, content] of Object.entries(models)) put(folder, model, content);
  try {
    await withApp(folder, async (app) => use(app, folder), { "engine.allowCode": true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Reply {
  readonly status: number;
  readonly body: {
    readonly outputs?: Readonly<Record<string, number[][]>>;
    readonly costUs?: number;
    readonly detail?: string;
    readonly code?: string;
  };
}

async function ask(url: string, model: string, values: readonly number[], headers = {}): Promise<Reply> {
  const reply = await fetch(`${url}/predict/${model}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ inputs: { x: values.map((value) => [value]) } }),
  });
  return { status: reply.status, body: (await reply.json()) as Reply["body"] };
}

test("a cascade asks the large model only where the small one is unsure, and its bill holds both", async () => {
  await withModels({ small: SMALL, large: LARGE, cascade: CASCADE }, async ({ url, metric }) => {
    const mixed = await ask(url, "cascade", [1, 20, 3, 40]);
    assert.deepEqual(mixed.body.outputs, { label: [[1001], [20], [1003], [40]] }, JSON.stringify(mixed));
    assert.deepEqual((await ask(url, "cascade", [50, 60])).body.outputs, { label: [[50], [60]] });
    const rows = async (model: string) => metric("sirve_rows_total", `model="${model}"`);
    assert.deepEqual([await rows("small"), await rows("large"), await rows("cascade")], [6, 2, 6]);
    assert.ok((mixed.body.costUs ?? 0) >= LARGE_COST_US, `${mixed.body.costUs} µs`);
    const metadata = (await (await fetch(`${url}/v2/models/cascade`)).json()) as { platform: string };
    assert.equal(metadata.platform, "sirve_pipeline");
  });
});

test("what a step refuses, and a step that never ends, is an error of the request that names the step", async () => {
  await withModels({ small: SMALL, large: LARGE, cascade: CASCADE }, async ({ url }) => {
    const blamed = await ask(url, "cascade", [8]);
    assert.equal(blamed.status, 400);
    assert.match(blamed.body.detail ?? "", /^step "large" \(large@1\): .*no eights/);
    const hung = await ask(url, "cascade", [7], { "x-sirve-deadline-ms": "300" });
    assert.equal(hung.status, 504, JSON.stringify(hung));
    assert.deepEqual((await ask(url, "cascade", [2])).body.outputs, { label: [[1002]] });
  });
});

test("a model that is not there is no mistake of the client's, and is found once it comes", async () => {
  await withModels({ small: SMALL, cascade: CASCADE }, async ({ url, comesTo }, folder) => {
    assert.deepEqual((await ask(url, "cascade", [20])).body.outputs, { label: [[20]] });
    const missing = await ask(url, "cascade", [2]);
    assert.deepEqual([missing.status, missing.body.code], [503, "unavailable"]);
    assert.match(missing.body.detail ?? "", /step "large" \(large@1\).*large/);
    put(folder, "large", LARGE);
    await comesTo("ready", "large", 1);
    assert.deepEqual((await ask(url, "cascade", [2])).body.outputs, { label: [[1002]] });
  });
});

test("a pipeline that asks itself ends with an error that says so", async () => {
  const [small] = CASCADE.steps;
  const loop = {
    ...CASCADE,
    steps: [{ ...small, model: "loop" }],
    outputs: { label: { ...CASCADE.outputs.label, from: "small.label" } },
  };
  await withModels({ loop }, async ({ url }) => {
    const { status, body } = await ask(url, "loop", [1]);
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(body.detail ?? "", /more than 8 pipelines within each other/);
  });
});

test("a pipeline is promoted only when the models that it asks answer", async () => {
  await withDataFolder(async (data) => {
    await withRegistryApp(
      data,
      async ({ call, add, predict }) => {
        await add("small", [["handler.js", SMALL]]);
        const file = ["pipeline.json", JSON.stringify(CASCADE)] as const;
        const first = await add("cascade", [file]);
        assert.equal(first.status, 201, JSON.stringify(first.body));
        const changed = { ...CASCADE, steps: [CASCADE.steps[0], { ...CASCADE.steps[1], model: "large" }] };
        const second = await add("cascade", [["pipeline.json", JSON.stringify(changed)]]);
        assert.equal(second.status, 201, JSON.stringify(second.body));
        const promote = async () => call("POST", "/api/v1/models/cascade/promote", { body: { version: 2 } });
        const refused = await promote();
        assert.equal(refused.status, 400, JSON.stringify(refused.body));
        assert.match(JSON.stringify(refused.body), /step \\"large\\" \(large\).*large/);
        await add("large", [["handler.js", LARGE]]);
        const promoted = await promote();
        assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
        const { body } = await predict("cascade", { inputs: { x: [[1], [30]] } });
        assert.deepEqual(body["outputs"], { label: [[1001], [30]] });
      },
      { "engine.allowCode": true },
    );
  });
});
