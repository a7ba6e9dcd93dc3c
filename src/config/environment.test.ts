import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { cacheFolder, loadConfig } from "./index.ts";

const withCacheDir = (cacheDir: string) => loadConfig({ env: {}, flags: { "engine.cacheDir": cacheDir } });

test("the cache is where the setting says, else where the user keeps caches", () => {
  assert.equal(cacheFolder(withCacheDir("none"), {}), undefined);
  assert.equal(cacheFolder(withCacheDir("here"), {}), resolve("here"));
  assert.equal(cacheFolder(withCacheDir(""), { XDG_CACHE_HOME: "/c" }), "/c/sirve");
  assert.equal(
    cacheFolder(withCacheDir(""), { XDG_CACHE_HOME: "relative" }),
    join(homedir(), ".cache", "sirve"),
  );
});
