import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyManifest } from "../model/index.ts";
import { withSettings } from "./load-settings.ts";

test("settings that are not named stay as the manifest has them", () => {
  assert.deepEqual(withSettings(emptyManifest, {}), emptyManifest);
});

test("named settings take the manifest's place; sizes that a run cannot have any more are no goals", () => {
  const { batching } = emptyManifest;
  const manifest = { ...emptyManifest, batching: { ...batching, preferredRows: [4, 16] } };
  const tried = withSettings(manifest, { instances: 3, maxRows: 8, maxDelayUs: 0 });
  assert.equal(tried.instances, 3);
  assert.deepEqual(tried.batching, {
    ...batching,
    mode: "rows",
    maxRows: 8,
    maxDelayUs: 0,
    preferredRows: [4],
  });
  assert.deepEqual(withSettings(manifest, { maxDelayUs: 5 }).batching.preferredRows, [4, 16]);
});
