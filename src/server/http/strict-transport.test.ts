import assert from "node:assert/strict";
import { test } from "node:test";
import { strictTransport } from "./strict-transport.ts";

test("a name is told to be used with TLS only; this machine and addresses are not", () => {
  const expected = ["strict-transport-security", "max-age=60"];
  for (const host of ["models.example", "models.example:8443", "MODELS.example."]) {
    assert.deepEqual(strictTransport(host, 60), expected, host);
  }
  for (const host of [
    "localhost:8080",
    "a.localhost",
    "127.0.0.1",
    "[::1]:8080",
    "10.0.0.1",
    undefined,
    "x y",
  ]) {
    assert.deepEqual(strictTransport(host, 60), [], String(host));
  }
});
