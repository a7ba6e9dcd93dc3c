import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PROTO_FILES, protoText } from "../scripts/print-proto.ts";

for (const [path, service] of PROTO_FILES) {
  test(`${path} is what the tables print`, () => {
    assert.equal(readFileSync(path, "utf8"), protoText(service), "run node scripts/print-proto.ts");
  });
}
