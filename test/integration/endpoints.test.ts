import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileOf, type RegistryApp, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { ROW_WIRES, type RowWire, rowRequest } from "../kit/row-wires.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const FLIGHT = ["examples/models/flight-delay/1/model.onnx", "examples/models/flight-delay/model.json"];
const ROWS = JSON.parse(readFileSync("examples/data/flights.json", "utf8")) as object[];
const SHOP = {
  variants: [
    { name: "now", target: "flights@1", weight: 70 },
    { name: "next", target: "flights@challenger", weight: 30 },
  ],
};
const KEYS = Array.from({ length: 400 }, (_, i) => `caller-${i}`);

/** Two versions of one model, of which the second is the challenger, behind the endpoint "shop". */
async function fill({ add, call }: RegistryApp, endpoint: object = SHOP): Promise<void> {
  for (const [version, note] of ["first", "second"].entries()) {
    const more = version === 1 ? { alias: "challenger" } : {};
    const { status, body } = await add("flights", [...FLIGHT, ["note.txt", note]], more);
    assert.equal(status, 201, JSON.stringify(body));
  }
  await setEndpoint(call, endpoint);
}

async function setEndpoint(call: RegistryApp["call"], endpoint: object, name = "shop"): Promise<void> {
  const { status, body } = await call("PUT", `/api/v1/endpoints/${name}`, { body: endpoint });
  assert.ok(status < 300, JSON.stringify(body));
}

async function asked(
  { call }: RegistryApp,
  name: string,
  { wire = "native", headers = {} }: { wire?: RowWire; headers?: Record<string, string> } = {},
) {
  const [path, body] = rowRequest(wire, name, ROWS);
  return call("POST", path, { body, headers });
}

async function variantOf(app: RegistryApp, key: string): Promise<string> {
  const { status, headers, body } = await asked(app, "shop", { headers: { "x-split-key": key } });
  assert.equal(status, 200, JSON.stringify(body));
  return headers.get("x-sirve-variant") ?? "";
}

const variantsOf = async (app: RegistryApp) => {
  const variants: string[] = [];
  for (const key of KEYS) variants.push(await variantOf(app, key));
  return variants;
};

test("on every wire a name may be a model, a version, an alias or an endpoint, and the answer says who gave it", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (app) => {
      await fill(app);
      const names = [
        ["flights", "1", null],
        ["flights@2", "2", null],
        ["flights@challenger", "2", null],
        ["shop", "1", "now"],
      ] as const;
      for (const wire of ROW_WIRES) {
        for (const [name, version, variant] of names) {
          const headers = name === "shop" ? { "x-sirve-variant": "now" } : {};
          const answer = await asked(app, name, { wire, headers });
          assert.equal(answer.status, 200, `${wire} ${name}: ${JSON.stringify(answer.body)}`);
          const who = ["x-model", "x-model-version", "x-sirve-variant"].map((key) => answer.headers.get(key));
          assert.deepEqual(who, ["flights", version, variant], `${wire} ${name}`);
        }
        const none = await asked(app, "flights@nobody", { wire });
        // The platform's own word for an endpoint that is not there.
        assert.equal(none.status, wire === "sagemaker" ? 400 : 404, `${wire}: ${JSON.stringify(none.body)}`);
      }
    }),
  );
});

test("a caller stays with its variant, over a restart too, and shares are as the weights say", async () => {
  await withDataFolder(async (data) => {
    let before: string[] = [];
    await withRegistryApp(data, async (app) => {
      await fill(app);
      before = await variantsOf(app);
      assert.deepEqual(await variantsOf(app), before);
    });
    const now = before.filter((variant) => variant === "now").length;
    // 280 in the mean; four standard deviations of a binomial around it.
    const slack = 4 * Math.sqrt(KEYS.length * 0.7 * 0.3);
    assert.ok(Math.abs(now - 280) < slack, `${now} of ${KEYS.length}`);
    await withRegistryApp(data, async (app) => assert.deepEqual(await variantsOf(app), before));
  });
});

test("a raised weight moves callers to its variant and no others", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (app) => {
      await fill(app);
      const before = await variantsOf(app);
      const [now, next] = SHOP.variants;
      await setEndpoint(app.call, { variants: [now, { ...next, weight: 70 }] });
      const after = await variantsOf(app);
      const moves = after.filter((variant, i) => variant !== before[i]);
      assert.ok(moves.length > 20, `${moves.length} moved`);
      assert.ok(moves.every((variant) => variant === "next"));
    }),
  );
});

test("testers choose a variant, SageMaker's callers too, and one that is none is refused by name", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (app) => {
      await fill(app);
      for (const variant of ["now", "next"]) {
        const native = await asked(app, "shop", { headers: { "x-sirve-variant": variant } });
        assert.equal(native.headers.get("x-sirve-variant"), variant);
        const headers = { "x-amzn-sagemaker-target-variant": variant };
        const { headers: said } = await asked(app, "shop", { wire: "sagemaker", headers });
        assert.equal(said.get("x-amzn-invoked-production-variant"), variant);
      }
      const wrong = await asked(app, "shop", { headers: { "x-sirve-variant": "later" } });
      assert.deepEqual(
        [wrong.status, wrong.body["field"], wrong.body["expected"]],
        [400, "variant", "now, next"],
      );
      const headers = { "x-amzn-sagemaker-target-variant": "next" };
      const plain = await asked(app, "flights", { wire: "sagemaker", headers });
      assert.equal(plain.status, 400, JSON.stringify(plain.body));
    }),
  );
});

test("an endpoint with the name of a model answers in its place, and the model again once it is gone", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async (app) => {
      await fill(app);
      const only = { variants: [{ name: "only", target: "flights@2", weight: 1 }] };
      await setEndpoint(app.call, only, "flights");
      assert.equal((await asked(app, "flights")).headers.get("x-model-version"), "2");
      assert.equal((await app.call("DELETE", "/api/v1/endpoints/flights")).status, 204);
      const { headers } = await asked(app, "flights");
      assert.deepEqual([headers.get("x-model-version"), headers.get("x-sirve-variant")], ["1", null]);
    }),
  );
});

test("a variant whose files are damaged is unavailable with its reason, and the other goes on", async () => {
  await withDataFolder(async (data) => {
    let keys: Record<string, string> = {};
    await withRegistryApp(data, async (app) => {
      await fill(app);
      const variants = await variantsOf(app);
      keys = Object.fromEntries(["now", "next"].map((name) => [name, KEYS[variants.indexOf(name)] ?? ""]));
    });
    const { digest } = fileOf(["note.txt", "second"]);
    writeFileSync(join(data, "blobs", digest.slice(0, 2), digest), "damaged");
    rmSync(join(data, "cache"), { recursive: true });
    await withRegistryApp(data, async (app) => {
      const ask = async (name: string) =>
        asked(app, "shop", { headers: { "x-split-key": keys[name] ?? "" } });
      assert.equal((await ask("now")).status, 200);
      const { status, body } = await ask("next");
      assert.equal(status, 503, JSON.stringify(body));
      assert.match(String(body["detail"]), /flights.*version 2/);
      assert.match(JSON.stringify(body), /digest|damaged|SHA-256|bytes/i);
    });
  });
});

const ECHO = { "scheduler.deadlineMs": 400 };
const x = (...values: number[]) => ({
  inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: values }],
});

interface Report {
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
  readonly agreementRate: number | null;
}

test("a shadow that hangs or fails costs no answer: it is counted, dropped beyond its cap, and agrees where it can", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(
      data,
      async ({ add, call }) => {
        await add("echo", [artifact("identity-fp32")]);
        await add("echo", [artifact("endless-on-negative")]);
        const shadow = { target: "echo@2", maxConcurrency: 1 };
        await setEndpoint(
          call,
          { variants: [{ name: "only", target: "echo@1", weight: 1 }], shadow },
          "shadowed",
        );
        const report = async () => {
          const { body } = await call("GET", "/api/v1/endpoints/shadowed");
          return body["shadowReport"] as Report;
        };
        const ask = async (...values: number[]) => {
          const { status, headers } = await call("POST", "/v2/models/shadowed/infer", { body: x(...values) });
          assert.deepEqual([status, headers.get("x-model-version")], [200, "1"]);
        };
        await ask(1, 2, 3, 4);
        await until("a comparison", async () => (await report()).sent === 1);
        for (let i = 0; i < 8; i += 1) await ask(-1, 2, 3, 4);
        await until("the end of the one that hangs", async () => (await report()).failed >= 1);
        const { sent, agreementRate, failed, dropped } = await report();
        assert.deepEqual([sent, agreementRate], [1, 1]);
        assert.ok(failed + dropped === 8 && dropped >= 1, JSON.stringify({ failed, dropped }));
        await ask(5, 6, 7, 8);
        await until("another comparison", async () => (await report()).sent === 2);
      },
      ECHO,
    ),
  );
});
