import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type HttpProtocol, problemReply } from "../../protocols/index.ts";
import { RouteTable } from "./routes.ts";

const protocol = (name: string, prefixes: string[], ...routes: string[]): HttpProtocol => ({
  name,
  prefixes,
  routes: routes.map((text) => {
    const [method = "", path = ""] = text.split(" ");
    return { method, path, access: "public", handle: async () => ({ status: 200, headers: {}, body: text }) };
  }),
  failure: problemReply,
});

const table = new RouteTable([
  protocol(
    "v2",
    ["/v2"],
    "GET /v2",
    "GET /v2/models/{model}",
    "GET /v2/models/stats",
    "POST /v2/models/{model}/infer",
    "POST /v2/models/{model}/versions/{version}/infer",
  ),
  protocol(
    "tf",
    ["/v1"],
    "GET /v1/models/{model}",
    "POST /v1/models/{model}:predict",
    "GET /v1/models/{model}/metadata",
  ),
  protocol(
    "native",
    ["/predict", "/"],
    "POST /predict/{model}",
    "* /any",
    "GET /v1/models/{name}/versions/{v}",
  ),
]);

function answer(method: string, path: string): string {
  const match = table.match(method, path);
  if (match.kind === "found") return `${match.endpoint.route.path} ${JSON.stringify(match.params)}`;
  if (match.kind === "method") return `405 ${match.allow.join(",")} ${match.protocol?.name}`;
  return `${match.kind} ${match.protocol?.name}`;
}

const CASES: [string, string, string][] = [
  ["GET", "/v2", "/v2 {}"],
  ["GET", "/v2/", "none v2"],
  ["HEAD", "/v2", "/v2 {}"],
  ["GET", "/v2/models/stats", "/v2/models/stats {}"],
  ["GET", "/v2/models/iris", '/v2/models/{model} {"model":"iris"}'],
  ["GET", "/v2/models/a%2Fb%20%25", '/v2/models/{model} {"model":"a/b %"}'],
  ["GET", "/v2/models/%E0%A4%A", "malformed v2"],
  ["GET", "/v2/models/", "none v2"],
  ["POST", "/v2/models//infer", "none v2"],
  ["GET", "/v2/models/iris/infer", "405 OPTIONS,POST v2"],
  ["POST", "/v2", "405 GET,HEAD,OPTIONS v2"],
  [
    "POST",
    "/v2/models/m/versions/3/infer",
    '/v2/models/{model}/versions/{version}/infer {"model":"m","version":"3"}',
  ],
  ["POST", "/v1/models/iris:predict", '/v1/models/{model}:predict {"model":"iris"}'],
  ["GET", "/v1/models/iris:predict", '/v1/models/{model} {"model":"iris:predict"}'],
  ["GET", "/v1/models/m/metadata", '/v1/models/{model}/metadata {"model":"m"}'],
  ["GET", "/v1/models/m/versions/2", '/v1/models/{name}/versions/{v} {"name":"m","v":"2"}'],
  ["DELETE", "/any", "/any {}"],
  ["GET", "/v2x", "none native"],
  ["GET", "//v2", "none native"],
];

for (const [method, path, expected] of CASES) {
  test(`${method} ${path} → ${expected}`, () => {
    assert.equal(answer(method, path), expected);
    assert.equal(answer(method, path), expected, "the second time, from memory");
  });
}

test("any path gives the same answer from memory as from the tree, and a model's name comes back as sent", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
      const path = `/v2/models/${encodeURIComponent(name)}/infer`;
      const match = table.match("POST", path);
      assert.ok(match.kind === "found");
      assert.equal(match.params["model"], name);
      assert.equal(table.match("POST", path), match);
    }),
  );
});

test("many different paths do not grow the memory without bound, nor change answers", () => {
  for (let i = 0; i < 5000; i++) table.match("POST", `/v2/models/m${i}/infer`);
  assert.equal(answer("POST", "/v2/models/m1/infer"), '/v2/models/{model}/infer {"model":"m1"}');
});

test("two routes for one method and path, or a template that is none, are bugs", () => {
  assert.throws(() => new RouteTable([protocol("a", [], "GET /x", "GET /x")]), RangeError);
  assert.throws(() => new RouteTable([protocol("a", [], "GET /{a}{b}")]), RangeError);
  assert.throws(() => new RouteTable([protocol("a", [], "GET x")]), RangeError);
});
