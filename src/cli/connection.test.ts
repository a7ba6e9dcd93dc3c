import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { connectionOf, parseUrl } from "./connection.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-connection-"));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const url = "http://127.0.0.1:8080";

test("what is no address of a server is refused", () => {
  for (const wrong of ["", "x", "ftp://x", "127.0.0.1:80", "http://"]) {
    assert.throws(() => parseUrl(wrong), /--url is no address/, wrong);
  }
});

test("a key is read from the option, else from its file, without the line's end", () => {
  const keyFile = fileOf("key", "sirve_a\n");
  assert.equal(connectionOf({ url, keyFile }).key, "sirve_a");
  assert.equal(connectionOf({ url, keyFile, key: "sirve_b" }).key, "sirve_b");
});

test("a key that no header carries is refused without being shown", () => {
  const keyFile = fileOf("two-lines", "sirve_a\nsirve_b\n");
  assert.throws(
    () => connectionOf({ url, keyFile }),
    (error: Error) => {
      assert.match(error.message, /a character that no header carries/);
      assert.doesNotMatch(JSON.stringify(error), /sirve_/);
      return true;
    },
  );
});

test("a file that is missing is named with its option", () => {
  const caFile = join(folder, "none.pem");
  assert.throws(() => connectionOf({ url, caFile }), /--ca-file cannot be read \(ENOENT\)/);
});

test("a certificate without its key is refused", () => {
  const certFile = fileOf("cert.pem", "x");
  assert.throws(() => connectionOf({ url, certFile }), /are given together/);
});
