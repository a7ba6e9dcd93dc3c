import assert from "node:assert/strict";
import { test } from "node:test";
import { operations } from "../admin/index.ts";
import { ROUTES } from "./routes.ts";

test("the client knows exactly the operations of the server", () => {
  const expected = Object.entries(operations).map(([id, { method, path, takesIdempotencyKey }]) => [
    id,
    { method, path, isKeyed: takesIdempotencyKey },
  ]);
  assert.deepEqual(ROUTES, Object.fromEntries(expected));
});
