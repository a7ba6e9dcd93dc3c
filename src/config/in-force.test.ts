import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsInForce } from "./in-force.ts";
import { loadConfig } from "./load.ts";
import { settings } from "./settings.ts";

test("every setting is told with its value, and whether somebody has set it", () => {
  const config = loadConfig({ env: {}, flags: { "http.port": 1234 } });
  const shown = settingsInForce(config);
  assert.deepEqual(
    shown.map(({ key }) => key),
    settings.map(({ key }) => key),
  );
  const port = shown.find(({ key }) => key === "http.port");
  assert.deepEqual([port?.value, port?.isDefault], [1234, false]);
  const host = shown.find(({ key }) => key === "http.host");
  assert.equal(host?.isDefault, true);
});

test("a password in an address is not told", () => {
  const config = loadConfig({ env: {}, flags: { databaseUrl: "postgres://ana:hunter2@db:5432/x" } });
  assert.doesNotMatch(JSON.stringify(settingsInForce(config)), /hunter2/);
});
