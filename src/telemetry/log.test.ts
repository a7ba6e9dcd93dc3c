import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { PlatformError } from "../base/index.ts";
import { createLogger, type Logger, type LoggerOptions } from "./log.ts";

function capture(options: Partial<LoggerOptions>, run: (logger: Logger) => void): string[] {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  run(createLogger({ level: "info", stream, ...options }));
  return lines;
}

const json = (run: (logger: Logger) => void) =>
  capture({}, run).map((line) => JSON.parse(line) as Record<string, unknown>);

test("a line is one JSON object with time, level, message and fields", () => {
  const [line = {}, ...rest] = json((logger) => {
    logger.debug("not written");
    logger.info("loaded", { model: "iris", version: 2 });
  });
  assert.deepEqual(rest, []);
  const { time, ...fields } = line;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(fields, { level: "info", msg: "loaded", model: "iris", version: 2 });
});

test("an error is written with its code, details and causes", () => {
  const [line = {}] = json((logger) => {
    const error = new PlatformError("internal", "engine failed", {
      cause: new TypeError("x is y"),
      field: "f",
    });
    logger.error("call failed", { error });
  });
  const error = line["error"] as Record<string, unknown>;
  assert.deepEqual(
    [error["code"], error["message"], error["details"]],
    ["internal", "engine failed", { field: "f" }],
  );
  const cause = error["cause"] as Record<string, unknown>;
  assert.deepEqual([cause["name"], cause["message"]], ["TypeError", "x is y"]);
  const [circular = {}] = json((logger) => {
    const own = new Error("own");
    own.cause = own;
    logger.error("circular", { error: own });
  });
  assert.equal(circular["msg"], "circular");
});

test("secrets are not written", () => {
  const [line = ""] = capture({}, (logger) =>
    logger.info("x", { authorization: "Bearer abc", headers: { cookie: "abc", token: "abc", ok: "yes" } }),
  );
  assert.doesNotMatch(line, /abc/);
  assert.match(line, /yes/);
});

test("no control character of a value reaches the terminal, in either format", () => {
  const evil = "a\u001b[2Jb\r\nc\u007f\u009bd\u202ee";
  for (const format of ["json", "pretty"] as const) {
    const [line = ""] = capture({ format }, (logger) => logger.info(evil, { path: evil, [evil]: 1 }));
    const text = stripVTControlCharacters(line).trimEnd();
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202e]/, format);
    assert.match(text, /\\u009b/);
  }
});

test("a short line for people says time, level, message, fields and the stack of an error", () => {
  const [line = ""] = capture({ format: "pretty" }, (logger) =>
    logger.warn("model failed", {
      model: "iris",
      rows: 3,
      error: new Error("broken", { cause: new Error("deep") }),
    }),
  );
  const text = stripVTControlCharacters(line);
  assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} warn {2}model failed model=iris rows=3\n {2}Error: broken\n/);
  assert.match(text, /because:\n {2}Error: deep/);
});

test("a silent logger writes nothing", () => {
  assert.deepEqual(
    capture({ level: "silent" }, (logger) => logger.error("x")),
    [],
  );
  const [line, ...rest] = capture({ level: "warn" }, (logger) => {
    logger.info("x");
    logger.warn("y");
  });
  assert.match(String(line), /"level":"warn"/);
  assert.deepEqual(rest, []);
});
