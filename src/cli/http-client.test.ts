import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import fc from "fast-check";
import { type FakeReply, startFakeServer } from "../../test/kit/fake-server.ts";
import { PlatformError } from "../base/index.ts";
import { requestFailure } from "./exit-code.ts";
import { createClient, parseUrl } from "./http-client.ts";
import { problemOf } from "./problem.ts";

let answer: FakeReply = {};
const server = await startFakeServer(() => answer);
const client = createClient(server.url, 5000);
after(async () => {
  client.close();
  await server.close();
});

const get = { method: "GET", path: "/x" };

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<PlatformError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof PlatformError);
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("problem+json comes back as the error that the server threw, with all its fields", async () => {
  answer = {
    status: 400,
    json: {
      code: "invalid_argument",
      detail: "bad",
      field: "f",
      got: "g",
      expected: "e",
      hint: "h",
      requestId: "r",
    },
  };
  const error = await errorOf(client.call(get));
  assert.equal(error.code, "invalid_argument");
  assert.equal(error.message, "bad");
  assert.deepEqual(error.details, { field: "f", got: "g", expected: "e", hint: "h" });
  assert.deepEqual(requestFailure(error), { kind: "answered", status: 400, requestId: "r" });
});

test("errors of other wires and servers have a code by their status", async () => {
  const table: [FakeReply, code: string, message: RegExp][] = [
    [{ status: 404, json: { error: "unknown model" } }, "not_found", /^unknown model$/],
    [{ status: 503, text: "<html>" }, "unavailable", /answered 503 to \/x/],
    [{ status: 418, text: "" }, "invalid_argument", /answered 418/],
    [{ status: 599, json: [1] }, "internal", /answered 599/],
    [{ status: 400, json: { code: "constructor", detail: 5 } }, "invalid_argument", /answered 400/],
  ];
  for (const [reply, code, message] of table) {
    answer = reply;
    const error = await errorOf(client.call(get));
    assert.equal(error.code, code);
    assert.match(error.message, message);
  }
});

test("any answer of an error status becomes an error of the platform", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.integer({ min: 400, max: 599 }), (text, status) => {
      const error = problemOf({ status, headers: {}, body: Buffer.from(text) }, "/");
      assert.ok(error instanceof PlatformError && error.message !== "");
    }),
  );
});

test("send hands on whatever status came", async () => {
  answer = { status: 500, text: "no" };
  const { status, body } = await client.send(get);
  assert.deepEqual([status, body.toString()], [500, "no"]);
});

test("a server that does not answer in time is given up", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const impatient = createClient(`http://127.0.0.1:${port}`, 20);
  const error = await errorOf(impatient.call(get));
  assert.equal(error.code, "deadline_exceeded");
  assert.match(error.message, /did not answer within 20 ms/);
  impatient.close();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

test("a server that hangs up in the middle of its answer is unreachable", async () => {
  const broken = createServer((_request, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  const { port } = broken.address() as AddressInfo;
  const other = createClient(`http://127.0.0.1:${port}`, 5000);
  const error = await errorOf(other.call(get));
  assert.equal(requestFailure(error)?.kind, "unreachable");
  other.close();
  await new Promise((resolve) => broken.close(resolve));
});

test("the path of a server's address stays in front, for servers behind a proxy", async () => {
  const behind = createClient(`${server.url}/base/`, 5000);
  answer = { json: {} };
  await behind.call(get);
  assert.equal(server.received.at(-1)?.path, "/base/x");
  behind.close();
});

test("what is no address of a server is refused", () => {
  for (const url of ["", "x", "ftp://x", "127.0.0.1:80", "http://"]) {
    assert.throws(() => parseUrl(url), /--url is no address/, url);
  }
});
