import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLoadBytes } from "../../bench/page.ts";
import { skipPages as skip } from "../kit/page-suite.ts";

test("a first visit loads at most 250 kB with gzip", { skip }, () => {
  const bytes = firstLoadBytes();
  assert.ok(bytes > 20_000 && bytes <= 250_000, `${bytes} bytes`);
});
