import assert from "node:assert/strict";
import { test } from "node:test";
import { planes } from "../../../test/fuzz/planes.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { tryAdmin } from "../../../test/fuzz/targets/admin.ts";
import { adminOver } from "../../../test/kit/admin.ts";
import { emptyRegistry } from "../../../test/kit/empty-registry.ts";

const CASES = 200;

for (const [mode, side] of [
  ["a registry", emptyRegistry()],
  ["a folder", undefined],
] as const) {
  const protocol = adminOver(planes, side);
  for (const route of protocol.routes) {
    test(`${route.method} ${route.path} of ${mode} answers or refuses whatever comes`, async () => {
      for (let at = 0; at < CASES; at++) {
        const random = new Random(4711, at);
        await assert.doesNotReject(tryAdmin(protocol, route, random), `case ${at}`);
      }
    });
  }
}
