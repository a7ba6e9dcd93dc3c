import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, PlatformError } from "../../base/index.ts";
import type { ControlPlane } from "../../model/index.ts";
import { grpcStatus, httpStatus } from "./refusal.ts";
import { loadModel } from "./repository.ts";

async function failureOf(code: ErrorCode): Promise<PlatformError> {
  const load = async () => Promise.reject(new PlatformError(code, "why"));
  const error: unknown = await loadModel({ load } as unknown as ControlPlane, "m").catch(
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError);
  return error;
}

for (const code of ["not_found", "failed_precondition"] as const) {
  test(`a load that fails with ${code} is answered as internal and is no fault of the server`, async () => {
    const error = await failureOf(code);
    assert.equal(error.code, code);
    assert.deepEqual([httpStatus(error), grpcStatus(error)], [500, 13]);
    assert.match(error.message, /^failed to load 'm', /);
  });
}
