import assert from "node:assert/strict";
import { test } from "node:test";
import { planes as fuzzedPlanes } from "../../../test/fuzz/planes.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { tryAdmin } from "../../../test/fuzz/targets/admin.ts";
import { adminOver } from "../../../test/kit/admin.ts";
import { plainContext } from "../../../test/kit/fake-planes.ts";
import { recordingPlanes, type SentRequest, send, textOf } from "../../../test/kit/native.ts";
import { withRecords } from "../../../test/kit/recorded-side.ts";
import { operations } from "../../admin/index.ts";

const { planes } = recordingPlanes(async () => ({}));
const MODEL = "/api/v1/models/churn";

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: SentRequest["headers"],
) => Promise<Answered>;

const filesOf = (digit: string) => [{ name: "model.onnx", digest: digit.repeat(64), bytes: 10 }];

/** The management API over real records, with two versions of churn. */
const withTwo = async (use: (call: Call) => Promise<void>) =>
  withRecords(async (side) => {
    const protocol = adminOver(planes, side);
    const call: Call = async (method, path, body, headers = {}) => {
      const sent = { method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const reply = await send(protocol, sent);
      const text = await textOf(reply);
      return { ...reply, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
    };
    for (const digit of ["a", "b"]) {
      const { status } = await call("POST", `${MODEL}/versions`, { files: filesOf(digit) });
      assert.equal(status, 201);
    }
    await use(call);
  });

function keeps(id: keyof typeof operations, { body }: Answered): void {
  const { success, error } = operations[id].answer.safeParse(body);
  assert.ok(success, `${id}: ${error?.message}`);
}

test("answers are what the table of operations says, with their status and where they lie", async () => {
  await withTwo(async (call) => {
    const again = await call("POST", `${MODEL}/versions`, { files: filesOf("b") });
    keeps("addVersion", again);
    assert.deepEqual([again.status, again.body["existed"]], [201, true]);
    assert.equal(again.headers["location"], `${MODEL}/versions/2`);
    keeps("listModels", await call("GET", "/api/v1/models"));
    keeps("showModel", await call("GET", MODEL));
    keeps("listVersions", await call("GET", `${MODEL}/versions`));
    keeps("showVersion", await call("GET", `${MODEL}/versions/1`));
    keeps("changeVersion", await call("PATCH", `${MODEL}/versions/1`, { tags: { a: "b" } }));
    keeps("promote", await call("POST", `${MODEL}/promote`, { version: 2 }));
    keeps("rollback", await call("POST", `${MODEL}/rollback`));
    keeps("listAliases", await call("GET", `${MODEL}/aliases`));
    keeps("listAudit", await call("GET", "/api/v1/audit"));
  });
});

test("versions come a page at a time, newest first", async () => {
  await withTwo(async (call) => {
    const numbers = ({ body }: Answered) =>
      (body["versions"] as { version: number }[]).map(({ version }) => version);
    const first = await call("GET", `${MODEL}/versions?limit=1`);
    assert.deepEqual(numbers(first), [2]);
    const second = await call("GET", `${MODEL}/versions?limit=1&after=${String(first.body["next"])}`);
    assert.deepEqual([numbers(second), second.body["next"]], [[1], undefined]);
  });
});

test("every change of a model has a new ETag, and refuses the old one", async () => {
  await withTwo(async (call) => {
    const seen = (await call("GET", MODEL)).headers["etag"] ?? "";
    assert.match(seen, /^"\d+"$/);
    const old = { "if-match": seen };
    const changed = await call("PATCH", MODEL, { description: "d" }, old);
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers["etag"], seen);
    for (const [method, path, body] of [
      ["PATCH", MODEL, { description: "e" }],
      ["POST", `${MODEL}/promote`, { version: 2 }],
      ["POST", `${MODEL}/rollback`, {}],
      ["DELETE", `${MODEL}/aliases/champion`],
      ["DELETE", `${MODEL}?force=true`],
    ] as const) {
      const { status, body: problem } = await call(method, path, body, old);
      assert.deepEqual([status, problem["code"]], [412, "aborted"], `${method} ${path}`);
    }
    const now = (await call("GET", MODEL)).headers["etag"] ?? "";
    assert.equal(now, changed.headers["etag"]);
    const { status } = await call("DELETE", `${MODEL}?force=true`, undefined, { "if-match": `"0", ${now}` });
    assert.equal(status, 204);
  });
});

test("an endpoint is created once with If-None-Match, and changed by whoever saw it last", async () => {
  await withTwo(async (call) => {
    const path = "/api/v1/endpoints/leaving";
    const spec = (target: string) => ({ variants: [{ name: "a", target, weight: 1 }] });
    assert.equal((await call("PUT", path, spec("churn"), { "if-match": "*" })).status, 412);
    const made = await call("PUT", path, spec("churn"), { "if-none-match": "*" });
    keeps("setEndpoint", made);
    assert.equal((await call("PUT", path, spec("churn@2"), { "if-none-match": "*" })).status, 412);
    const etag = made.headers["etag"] ?? "";
    const changed = await call("PUT", path, spec("churn@2"), { "if-match": etag });
    assert.equal(changed.status, 200);
    keeps("showEndpoint", await call("GET", path));
    keeps("listEndpoints", await call("GET", "/api/v1/endpoints"));
    assert.equal((await call("DELETE", path, undefined, { "if-match": etag })).status, 412);
    const refused = await call("DELETE", `${MODEL}/versions/2`);
    assert.equal(refused.body["code"], "failed_precondition");
    assert.match(String(refused.body["detail"]), /leaving/);
    assert.equal((await call("DELETE", path)).status, 204);
    const wrong = await call("PUT", path, spec("churn@@"));
    assert.equal(wrong.body["field"], "body.variants[0].target");
  });
});

test("a repeated key changes nothing twice", async () => {
  await withTwo(async (call) => {
    const key = { "idempotency-key": "k1" };
    const moves = async () =>
      ((await call("GET", "/api/v1/audit?action=alias.move&model=churn")).body["entries"] as unknown[])
        .length;
    const before = await moves();
    const first = await call("POST", `${MODEL}/promote`, { version: 2 }, key);
    const second = await call("POST", `${MODEL}/promote`, { version: 2 }, key);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers["idempotent-replayed"], "true");
    const other = await call("POST", `${MODEL}/promote`, { version: 1 }, key);
    assert.equal(other.body["code"], "invalid_argument");
    assert.equal(await moves(), before + 1);
  });
});

test("no request makes the records fail", async () => {
  await withRecords(async (side) => {
    const protocol = adminOver(fuzzedPlanes, side);
    const random = new Random(99, 1);
    await side.releases.add(
      { model: "churn", files: filesOf("a"), metrics: {}, tags: {}, lineage: {} },
      { id: "", requestId: "r" },
      plainContext().deadline,
    );
    for (let at = 0; at < 1500; at++) await tryAdmin(protocol, random.pick(protocol.routes), random);
  });
});
