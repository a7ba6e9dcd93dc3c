import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../base/index.ts";
import { errorOf, SirveError } from "../client/index.ts";
import { platformError } from "./client-error.ts";
import { EXIT, exitCodeOf, requestFailure } from "./exit-code.ts";

/** The program's error for an answer. */
async function told(body: string, status: number): Promise<PlatformError> {
  const error = platformError(await errorOf(new Response(body, { status }), "/x"));
  assert.ok(error instanceof PlatformError);
  return error;
}

test("problem+json comes back as the error that the server threw, with all its fields", async () => {
  const details = { field: "f", got: "g", expected: "e", hint: "h" };
  const problem = { code: "invalid_argument", detail: "bad", ...details, requestId: "r" };
  const error = await told(JSON.stringify(problem), 400);
  assert.deepEqual([error.code, error.message, error.details], ["invalid_argument", "bad", details]);
  assert.deepEqual(requestFailure(error), { kind: "answered", status: 400, requestId: "r" });
});

test("errors of other wires and servers have a code by their status", async () => {
  const table: [body: string, status: number, code: string, message: RegExp][] = [
    ['{"error":"unknown model"}', 404, "not_found", /^unknown model$/],
    ["<html>", 503, "unavailable", /answered 503 to \/x/],
    ["", 418, "invalid_argument", /answered 418/],
    ["[1]", 599, "internal", /answered 599/],
    ['{"code":"constructor","detail":5}', 400, "internal", /answered 400/],
  ];
  for (const [body, status, code, message] of table) {
    const error = await told(body, status);
    assert.equal(error.code, code);
    assert.match(error.message, message);
  }
});

test("any answer of an error status becomes an error that says something", async () => {
  const bodies = fc.oneof(fc.json(), fc.string());
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 400, max: 599 }), async (body, status) => {
      assert.notEqual((await told(body, status)).message, "");
    }),
  );
});

test("what did not answer has an exit code of its own, and a hint by what went wrong", () => {
  const table: [reason: string, hint: RegExp][] = [
    ["ECONNREFUSED", /sirve serve/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /--ca-file/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /--ca-file/],
    ["EPROTO", /http:\/\/ rather than/],
    ["ECONNRESET", /another protocol/],
    ["ENOTFOUND", /--url/],
  ];
  for (const [reason, hint] of table) {
    const lost = new SirveError(`no server answers (${reason})`, { status: 0, code: "unavailable" });
    const error = platformError(lost) as PlatformError;
    assert.match(error.details.hint ?? "", hint);
    assert.equal(exitCodeOf(error), EXIT.unreachable);
  }
  const late = platformError(new SirveError("late", { status: 0, code: "deadline_exceeded" }));
  assert.equal(exitCodeOf(late as PlatformError), EXIT.serverFailed);
});

test("an answer that is no JSON is no refusal", () => {
  const error = platformError(new SirveError("no JSON", { status: 200, code: "internal" }));
  assert.equal(exitCodeOf(error as PlatformError), EXIT.failure);
});
