import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { needs } from "../../../test/kit/require.ts";
import { PlatformError } from "../../base/index.ts";
import { handlerOf, row, valuesOf, withPython } from "./python-kit.suite.ts";

const skip = needs("python");

/** Makes a wheel of one module `sirve_mini` with `FACTOR = 3`. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/sirve_mini-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("sirve_mini.py", "FACTOR = 3")
    wheel.writestr("sirve_mini-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: sirve-mini\\nVersion: 1.0\\n")
    wheel.writestr("sirve_mini-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("sirve_mini-1.0.dist-info/RECORD", "")
`;

const USES_MINI = handlerOf(
  'return {"y": [[v * sirve_mini.FACTOR for v in r] for r in inputs["x"].tolist()]}',
  {
    head: "import sirve_mini",
  },
);

/** A folder with a wheel in it, and one for a cache; needs no network. */
async function withWheel(use: (requirements: string, cacheDir: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-test-wheel-"));
  const [wheels, cache] = [join(folder, "wheels"), join(folder, "cache")];
  mkdirSync(wheels);
  execFileSync("python3", ["-c", MAKE_WHEEL, wheels]);
  try {
    await use(`--no-index\n--find-links ${wheels}\nsirve-mini==1.0\n`, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const environmentsIn = (cacheDir: string) => readdirSync(join(cacheDir, "python"));

test("packages are installed once, by one of several builders, and found again without an installer", {
  skip,
}, async () => {
  await withWheel(async (requirements, cacheDir) => {
    const files = { "handler.py": USES_MINI, "requirements.txt": requirements };
    const loadAndAsk = async (options = {}) =>
      withPython(
        async ({ load }) => {
          const session = await load(files);
          assert.deepEqual(valuesOf((await session.start([row(2)]).done).outputs), [6]);
        },
        { cacheDir, ...options },
      );
    await Promise.all([loadAndAsk(), loadAndAsk()]);
    assert.match(environmentsIn(cacheDir).join(), /^[0-9a-f]{32}$/);
    await loadAndAsk({ buildTimeoutMs: 1 });
  });
});

test("packages that cannot be installed fail the load with the installer's words, and leave nothing", {
  skip,
}, async () => {
  await withWheel(async (requirements, cacheDir) => {
    const files = { "handler.py": USES_MINI, "requirements.txt": requirements.replace("mini==1.0", "maxi") };
    await withPython(
      async ({ load }) =>
        assert.rejects(load(files), (error: unknown) => {
          assert.ok(error instanceof PlatformError);
          assert.equal(error.code, "failed_precondition");
          assert.match(error.message, /requirements\.txt cannot be installed: .*sirve-maxi/i);
          return true;
        }),
      { cacheDir },
    );
    assert.deepEqual(environmentsIn(cacheDir), []);
  });
});

test("packages that take too long are given up, and the leavings of a killed builder are removed", {
  skip,
}, async () => {
  await withWheel(async (requirements, cacheDir) => {
    const files = { "handler.py": USES_MINI, "requirements.txt": requirements };
    const left = join(cacheDir, "python", `${"a".repeat(32)}.draft 99999999 1 abc`);
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "half"), "");
    await withPython(async ({ load }) => assert.rejects(load(files), /were not installed after 1 ms/), {
      cacheDir,
      buildTimeoutMs: 1,
    });
    assert.deepEqual(environmentsIn(cacheDir), []);
  });
});
