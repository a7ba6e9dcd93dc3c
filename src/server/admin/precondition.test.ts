import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedRevision, type Precondition, readPrecondition } from "./precondition.ts";

const readings: { readonly header: string; readonly read: Precondition }[] = [
  { header: "*", read: { kind: "exists" } },
  { header: '"7"', read: { kind: "revision", anyOf: [7] } },
  { header: ' "7" , "9"', read: { kind: "revision", anyOf: [7, 9] } },
  { header: 'W/"7"', read: { kind: "revision", anyOf: [] } },
  { header: 'W/"7", "8"', read: { kind: "revision", anyOf: [8] } },
  { header: '"abc"', read: { kind: "revision", anyOf: [] } },
  { header: '"07"', read: { kind: "revision", anyOf: [] } },
];

for (const { header, read } of readings) {
  test(`If-Match: ${header} is understood`, () => {
    assert.deepEqual(readPrecondition({ "if-match": header }), read);
  });
}

test("a request without these headers asks nothing", () => {
  assert.deepEqual(readPrecondition({}), { kind: "none" });
});

for (const headers of [
  { "if-match": "7" },
  { "if-match": "" },
  { "if-match": '"7' },
  { "if-match": '"7" "8"' },
  { "if-match": `${'"1",'.repeat(200)}"2"` },
  { "if-none-match": '"7"' },
  { "if-match": "*", "if-none-match": "*" },
]) {
  test(`${JSON.stringify(headers).slice(0, 60)} is refused`, () => {
    assert.throws(() => readPrecondition(headers), { code: "invalid_argument" });
  });
}

const at = (revision: number | undefined) => async () => revision;

test("one revision is left to the registry to compare", async () => {
  const expected = await expectedRevision({ kind: "revision", anyOf: [7] }, at(9));
  assert.equal(expected, 7);
});

test("If-None-Match asks that nothing be there, which is revision 0", async () => {
  assert.equal(await expectedRevision({ kind: "absent" }, at(9)), 0);
});

test("of several revisions the one in force is expected", async () => {
  assert.equal(await expectedRevision({ kind: "revision", anyOf: [7, 9] }, at(9)), 9);
});

test("* asks only that there is something", async () => {
  assert.equal(await expectedRevision({ kind: "exists" }, at(9)), undefined);
  await assert.rejects(expectedRevision({ kind: "exists" }, at(undefined)), { code: "aborted" });
});

test("what cannot match is known at once", async () => {
  const of = async (anyOf: number[]) => expectedRevision({ kind: "revision", anyOf }, at(9));
  await assert.rejects(of([]), { code: "aborted" });
  await assert.rejects(of([7, 8]), { code: "aborted", message: /"7", "8".*revision "9"/ });
});
