import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../base/index.ts";
import {
  type Config,
  type Flags,
  loadConfig,
  readConfig,
  type Setting,
  type SettingValue,
  settings,
} from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-config-"));
after(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, "sirve.yaml");
  writeFileSync(path, text);
  return path;
}

const valueAt = (config: Config, key: string): unknown =>
  key.split(".").reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], config);

/** Values of the settings whose texts follow a pattern. */
const PATTERNED: Readonly<Record<string, readonly string[]>> = {
  versionPolicy: ["all", "latest:3", "specific:1,20"],
  databaseUrl: ["", "postgresql://sirve@127.0.0.1:5433/sirve"],
  "access.publicUrl": ["", "https://models.example", "http://[::1]:8080"],
  "artifacts.url": ["", "s3://models/churn"],
  "vertex.healthRoute": ["", "/health"],
  "vertex.predictRoute": ["", "/v1/endpoints/1:predict"],
};

/** Values that a setting accepts. */
function valuesOf(setting: Setting): fc.Arbitrary<SettingValue> {
  switch (setting.kind) {
    case "integer": {
      const [low = 0, high = 0] = (/from (\d+) to (\d+)/.exec(setting.expected) ?? []).slice(1).map(Number);
      return fc.integer({ min: low, max: Math.min(high, 2 ** 31 - 1) });
    }
    case "boolean":
      return fc.boolean();
    case "choice":
      return fc.constantFrom(...setting.expected.split(" or "));
    case "list":
      return fc.array(fc.stringMatching(/^[a-z.:/-]{1,12}$/), { maxLength: 3 });
    case "text":
      return setting.key in PATTERNED
        ? fc.constantFrom(...(PATTERNED[setting.key] ?? []))
        : fc.stringMatching(
            setting.expected === "a text" ? /^[A-Za-z0-9/:._ -]{0,20}$/ : /^[a-z0-9/:._-]{1,20}$/,
          );
    default:
      return assert.fail(setting.kind);
  }
}

const inYaml = (key: string, value: SettingValue) =>
  JSON.stringify(key.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value));
const asText = (value: SettingValue) => (typeof value === "object" ? value.join(",") : String(value));

test("a setting given by any sources has the value of the last of them: file < environment < flags", () => {
  const setting = fc.constantFrom(...settings);
  const given = setting.chain((one) =>
    fc.tuple(fc.constant(one), fc.option(valuesOf(one)), fc.option(valuesOf(one)), fc.option(valuesOf(one))),
  );
  fc.assert(
    fc.property(given, ([one, inFile, inEnv, inFlag]) => {
      const config = loadConfig({
        ...(inFile !== null && { file: fileOf(inYaml(one.key, inFile)) }),
        env: inEnv === null ? {} : { [one.env]: asText(inEnv) },
        flags: inFlag === null ? {} : { [one.key]: typeof inFlag === "object" ? inFlag : asText(inFlag) },
      });
      assert.deepEqual(valueAt(config, one.key), inFlag ?? inEnv ?? inFile ?? one.defaultValue, one.key);
      const others = settings.filter((other) => other !== one);
      for (const other of others) assert.deepEqual(valueAt(config, other.key), other.defaultValue, other.key);
    }),
    { numRuns: 300 },
  );
});

test("each setting has names of its own in every source, and words that explain it", () => {
  for (const name of ["key", "env", "flag"] as const) {
    assert.equal(new Set(settings.map((setting) => setting[name])).size, settings.length, name);
  }
  for (const setting of settings) assert.ok(setting.description.length > 10, setting.key);
});

test("the origins tell which source gave each setting, with line and column", () => {
  const { origins } = readConfig({
    file: fileOf("# mine\nhttp:\n  port: 1234\npollMs: 100\n"),
    env: { SIRVE_POLL_MS: "200" },
    flags: { models: "m" },
  });
  assert.deepEqual(origins.get("http.port"), { source: "file", where: "sirve.yaml:3:9" });
  assert.deepEqual(origins.get("pollMs"), { source: "environment", where: "SIRVE_POLL_MS" });
  assert.deepEqual(origins.get("models"), { source: "flag", where: "--models" });
  assert.deepEqual(origins.get("grpc.port"), { source: "default", where: "" });
});

test("every wrong setting is listed at once, with where it stands, what came and what was expected", () => {
  const file = fileOf("http:\n  prot: 80\n  port: 70000\nscheduler: 3\nlog: { level: loud }\n");
  const env = { SIRVE_HTTP_PROT: "1", SIRVE_GRPC_PORT: "12x", SIRVE_INSECURE: "maybe" };
  assert.throws(
    () => loadConfig({ file, env, flags: { pollMs: "1e3", versionPolicy: "newest" } }),
    (error) => {
      assert.ok(error instanceof PlatformError);
      assert.equal(error.code, "invalid_argument");
      const expected = [
        "sirve.yaml:2:3: got http.prot, expected the name of a setting; did you mean http.port?",
        "sirve.yaml:4:12: scheduler: got 3, expected a section with scheduler.deadlineMs,",
        "SIRVE_HTTP_PROT: got SIRVE_HTTP_PROT, expected the name of a setting; did you mean SIRVE_HTTP_PORT?",
        "sirve.yaml:3:9: http.port: got 70000, expected a whole number from 0 to 65535",
        'sirve.yaml:5:15: log.level: got "loud", expected debug or info or warn or error or silent',
        'SIRVE_GRPC_PORT: grpc.port: got "12x", expected a whole number from 0 to 65535',
        'SIRVE_INSECURE: insecure: got "maybe", expected true or false',
        '--poll-ms: pollMs: got "1e3", expected a whole number from 50 to 3600000',
        '--version-policy: versionPolicy: got "newest", expected all, latest:N or specific:N,N',
      ];
      for (const line of expected) assert.ok(error.message.includes(line), `${line}\nin ${error.message}`);
      return true;
    },
  );
});

test("values of the wrong kind in the file are refused", () => {
  for (const text of [
    "http: { port: '80' }",
    "http: { port: null }",
    "http: { port: }",
    "http: { port: 1.5 }",
    "http: { port: 99999999999999999999 }",
    "http: { port: [1] }",
    "http: { port: { a: 1 } }",
    "insecure: 'true'",
    "models: 3",
    "models: ''",
    "http: { host: '' }",
    "http: { allowedHosts: [1] }",
    "http: { allowedHosts: a }",
    "a: &x b\nmodels: *x",
    "[1, 2]",
    "just text",
    "models: a\nmodels: b",
    "? [1]\n: 2",
    "__proto__: { insecure: true }",
    "constructor: 1",
    "http: [",
    "\tmodels: x",
    "[".repeat(100_000),
  ]) {
    assert.notEqual(
      readConfig({ file: fileOf(text), env: {}, flags: {} }).problems.length,
      0,
      text.slice(0, 60),
    );
  }
});

test("any bytes as a settings file give a configuration or problems, and nothing else", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (text) => {
      const { config, problems } = readConfig({ file: fileOf(text), env: {}, flags: {} });
      assert.equal(config === undefined, problems.length > 0);
    }),
  );
});

test("the configuration is frozen in depth", () => {
  const config = loadConfig({ env: {}, flags: {} });
  assert.ok(
    Object.isFrozen(config) && Object.isFrozen(config.http) && Object.isFrozen(config.http.allowedHosts),
  );
});

test("a settings file that is missing, a folder or huge is an error that names it", () => {
  const huge = fileOf(`# ${"x".repeat(1024 * 1024)}`);
  for (const file of [join(folder, "none.yaml"), folder, huge]) {
    assert.throws(() => loadConfig({ file, env: {}, flags: {} }), new RegExp(file.split("/").at(-1) ?? ""));
  }
});

test("names of other programs and of the tests are left alone", () => {
  const env = { PATH: "/bin", SIRVE_TEST_REQUIRE: "all", SIRVE_CONFIG: "x", SIRVE_URL: "http://x" };
  assert.deepEqual(readConfig({ env, flags: {} }).problems, []);
});

test("switches are read as people write them", () => {
  const truths: [string, boolean][] = [
    ["TRUE", true],
    ["1", true],
    ["yes", true],
    ["off", false],
    ["0", false],
  ];
  for (const [text, value] of truths) {
    assert.equal(loadConfig({ env: { SIRVE_INSECURE: text }, flags: {} }).insecure, value);
  }
});

test("a flag that is no setting is a problem", () => {
  const flags: Flags = { "http.prot": "1" };
  assert.match(readConfig({ env: {}, flags }).problems[0]?.hint ?? "", /http\.port/);
});

test("a password in a URL is not repeated in a message", () => {
  const { problems } = readConfig({ env: {}, flags: { versionPolicy: "http://me:secret@host" } });
  assert.equal(problems[0]?.got, '"http://***@host"');
});
