import assert from "node:assert/strict";
import { test } from "node:test";
import { installFailed } from "./install-failure.ts";

const told = (...lines: string[]) => installFailed(lines).message.split("cannot be installed: ")[1];

test("an installer's own words are told from its first error on; without one, its last", () => {
  const pip = [
    "Looking in links: /wheels",
    "ERROR: No matching version of nope",
    "ERROR: No distribution of nope",
  ];
  assert.equal(told(...pip), "ERROR: No matching version of nope ERROR: No distribution of nope");
  const uv = [
    "Using Python 3.11",
    "  × No solution found:",
    "  ╰─▶ Because nope was not found",
    "      you cannot.",
  ];
  assert.equal(told(...uv), "× No solution found: ╰─▶ Because nope was not found you cannot.");
  assert.equal(told("disk is full"), "disk is full");
  assert.equal(told(), "the installer said nothing");
});
