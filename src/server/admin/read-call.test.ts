import assert from "node:assert/strict";
import { test } from "node:test";
import { plainContext } from "../../../test/kit/fake-planes.ts";
import { type Operation, operations } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpRequest } from "../../protocols/index.ts";
import { readCall } from "./read-call.ts";

const request = (given: Partial<HttpRequest>, query = ""): HttpRequest => ({
  method: "POST",
  path: "/",
  params: {},
  query: new URLSearchParams(query),
  headers: {},
  body: new Uint8Array(0),
  context: plainContext(),
  ...given,
});

const body = (value: unknown) => Buffer.from(JSON.stringify(value));

function refusal(operation: Operation, sent: HttpRequest): PlatformError {
  try {
    readCall(operation, sent);
  } catch (thrown) {
    assert.ok(thrown instanceof PlatformError);
    assert.equal(thrown.code, "invalid_argument");
    return thrown;
  }
  return assert.fail("it was accepted");
}

test("defaults are filled in, and numbers of path and query are numbers", () => {
  const { query } = readCall(operations.listAudit, request({}, "limit=7&model=churn"));
  assert.deepEqual(query, { limit: 7, model: "churn" });
  const read = readCall(
    operations.promote,
    request({ params: { model: "churn" }, body: body({ version: 7 }) }),
  );
  assert.deepEqual(read.body, { version: 7, alias: "champion", force: false });
  const { params } = readCall(operations.showVersion, request({ params: { model: "churn", version: "3" } }));
  assert.equal(params.version, 3);
});

test("every wrong field is named with what came and what was expected", () => {
  const sent = { version: "x", alias: "UPPER", force: 1, colour: "red" };
  const { message, details } = refusal(
    operations.promote,
    request({ params: { model: "churn" }, body: body(sent) }),
  );
  assert.match(message, /body\.version: got "x"/);
  assert.match(message, /body\.alias: got "UPPER", expected 1 to 64 lower-case letters/);
  assert.match(message, /body\.force: got 1, expected true or false/);
  assert.match(message, /body\.colour: got a value, expected no such field/);
  assert.equal(details.field, "body.version");
  assert.equal(details.expected, "a number");
});

test("a wrong element says which", () => {
  const files = [
    { name: "a", digest: "0".repeat(64), bytes: 1 },
    { name: "../b", digest: "x", bytes: -1 },
  ];
  const { message } = refusal(
    operations.addVersion,
    request({ params: { model: "m" }, body: body({ files }) }),
  );
  assert.match(message, /body\.files\[1\]\.name: got "\.\.\/b"/);
  assert.match(message, /body\.files\[1\]\.digest: got "x", expected 64 lower-case/);
  assert.match(message, /body\.files\[1\]\.bytes: got -1/);
});

test("a list of a thousand mistakes is cut", () => {
  const files = Array.from({ length: 1000 }, () => ({}));
  const { message } = refusal(
    operations.addVersion,
    request({ params: { model: "m" }, body: body({ files }) }),
  );
  assert.match(message, /and \d+ more$/);
  assert.ok(message.length < 3000);
});

for (const [what, given, expected] of [
  ["no JSON", { body: Buffer.from("{") }, /no JSON/],
  ["no UTF-8", { body: Buffer.from([0x22, 0xff, 0x22]) }, /no JSON/],
  ["form data", { body: Buffer.from("a=1"), headers: { "content-type": "text/plain" } }, /Content-Type/],
  ["gzip", { body: Buffer.from("{}"), headers: { "content-encoding": "gzip" } }, /Content-Encoding/],
  ["an array", { body: Buffer.from("[]") }, /body: got an array of 0, expected an object/],
  ["null", { body: Buffer.from("null") }, /body: got null, expected an object/],
] as const) {
  test(`a body that is ${what} is refused`, () => {
    const { message } = refusal(operations.promote, request({ params: { model: "churn" }, ...given }));
    assert.match(message, expected);
  });
}

test("a query parameter given twice or not known is refused", () => {
  assert.match(refusal(operations.listAudit, request({}, "limit=1&limit=2")).message, /more than once/);
  assert.match(refusal(operations.listAudit, request({}, "__proto__=1")).message, /no such field/);
});
