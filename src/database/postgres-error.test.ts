import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { mayBeRepeated, translatePostgresError } from "./postgres-error.ts";

const withCode = (code: string) => Object.assign(new Error("said by PostgreSQL"), { code });

function codeOf(error: unknown): string | undefined {
  const translated = translatePostgresError(error);
  return translated instanceof PlatformError ? translated.code : undefined;
}

test("a server that is gone, starting, stopping or full is unavailable", () => {
  for (const code of [
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ENOTFOUND",
    "08006",
    "57P01",
    "57P03",
    "53300",
    "57014",
  ]) {
    assert.equal(codeOf(withCode(code)), "unavailable", code);
  }
  const both = new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")]);
  for (const error of [
    both,
    new Error("Connection terminated unexpectedly"),
    new Error("Query read timeout"),
  ]) {
    assert.equal(codeOf(error), "unavailable", error.message);
  }
});

test("what stands in the way for good is told from what passes", () => {
  for (const code of ["28P01", "28000", "3D000", "42501"]) {
    assert.equal(codeOf(withCode(code)), "failed_precondition", code);
  }
  assert.equal(codeOf(withCode("23505")), "already_exists");
  assert.equal(codeOf(withCode("53100")), "disk_full");
  assert.equal(codeOf(withCode("22021")), "invalid_argument");
  assert.equal(codeOf(withCode("55P03")), "unavailable");
});

test("a bug of ours stays as it is, and so does an error of the platform", () => {
  for (const error of [withCode("42P01"), withCode("23503"), new TypeError("x"), "text", undefined]) {
    assert.equal(translatePostgresError(error), error);
  }
  const ours = new PlatformError("not_found", "x");
  assert.equal(translatePostgresError(ours), ours);
});

test("only what PostgreSQL undid because of another change may be made again", () => {
  for (const code of ["40001", "40P01"]) {
    assert.equal(mayBeRepeated(translatePostgresError(withCode(code))), true);
  }
  for (const code of ["23505", "57P01", "40002"]) {
    assert.equal(mayBeRepeated(translatePostgresError(withCode(code))), false);
  }
  assert.equal(mayBeRepeated(new PlatformError("unavailable", "x")), false);
});
