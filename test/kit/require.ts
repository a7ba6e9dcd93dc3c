import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";

/** The browser of the tests of the page. */
export const CHROMIUM: string = process.env["SIRVE_TEST_CHROMIUM"] ?? "/usr/bin/chromium";

/** What a test may need beside the packages of package.json, and how one gets it. */
const NEEDS = {
  tritonclient: {
    isThere: () => globSync(".venv/lib/python*/site-packages/tritonclient").length > 0,
    remedy: "run scripts/install-conformance.sh",
  },
  "platform clients": {
    isThere: () => globSync(".venv/lib/python*/site-packages/google/cloud/aiplatform").length > 0,
    remedy: "run scripts/install-conformance.sh",
  },
  "ocr model": {
    isThere: () => existsSync("examples/models/ocr/1/model.onnx"),
    remedy: "run node scripts/setup.mjs with the development dependencies installed",
  },
  "voice activity model": {
    isThere: () => existsSync("examples/models/voice-activity/1/model.onnx"),
    remedy: "run node scripts/setup.mjs with the development dependencies installed",
  },
  postgres: {
    isThere: () => Boolean(process.env["DATABASE_URL"]),
    remedy: "run npm run services",
  },
  s3: {
    isThere: () => Boolean(process.env["S3_ENDPOINT"]),
    remedy: "run npm run services",
  },
  toxiproxy: {
    isThere: () => Boolean(process.env["TOXIPROXY_URL"]),
    remedy: "run npm run services",
  },
  oidc: {
    isThere: () => Boolean(process.env["OIDC_ISSUER"]),
    remedy: "run npm run services",
  },
  python: {
    isThere: () =>
      spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
    remedy: "install Python 3.9 or newer as python3",
  },
  "scikit-learn": {
    isThere: () => globSync(".venv/lib/python*/site-packages/sklearn").length > 0,
    remedy: "run scripts/install-conformance.sh",
  },
  chromium: {
    isThere: () => existsSync(CHROMIUM),
    remedy: "run scripts/install-chromium.sh as root, or name one in SIRVE_TEST_CHROMIUM",
  },
  page: {
    isThere: () => existsSync("dist/web/index.html"),
    remedy: "run npm run build",
  },
  build: {
    isThere: () => existsSync("dist/cli/main.js"),
    remedy: "run npm run build",
  },
} as const satisfies Record<string, { isThere: () => boolean; remedy: string }>;

/** What may not be skipped: "all", or names. */
const REQUIRED = (process.env["SIRVE_TEST_REQUIRE"] ?? "").split(",");

export type Need = keyof typeof NEEDS;

/**
 * For the `skip` option of a test: false where `need` is there, else the reason and the remedy.
 *
 * @throws Error where it is missing although `SIRVE_TEST_REQUIRE=all` forbids to skip.
 */
export function needs(need: Need): string | false {
  const { isThere, remedy } = NEEDS[need];
  if (isThere()) return false;
  const reason = `${need} is missing: ${remedy}`;
  if (REQUIRED.includes("all")) throw new Error(reason);
  return reason;
}

/** The Python that {@link needs} "tritonclient" found. */
export const conformancePython = join(".venv", "bin", "python");

/**
 * For the `skip` option of a test that takes more than a check of every change can: false where
 * `SIRVE_TEST_REQUIRE` names it ("all,pytorch"), else the reason.
 */
export function wanted(name: string, reason: string): string | false {
  if (REQUIRED.includes(name)) return false;
  return `${reason}: run it with SIRVE_TEST_REQUIRE=${name}`;
}
