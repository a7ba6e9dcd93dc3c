import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../../../test/kit/serve-http.ts";
import { pageFolder } from "./page-files.ts";
import { pageProtocol } from "./page-protocol.ts";
import { plainIndex } from "./plain-index.ts";

const isBuilt = pageFolder() !== undefined;
const skip = isBuilt ? false : "the page is not built here (npm run build)";

test("every address of the page answers the one document, under a policy without exceptions", {
  skip,
}, async () => {
  await serve([...pageProtocol("1.2.3").routes], async ({ port }) => {
    for (const path of ["/", "/ui/models/churn", "/ui/models/churn/versions", "/tour", "/tour/3"]) {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal(reply.status, 200, path);
      assert.match(await reply.text(), /<div id="page">/);
      const policy = reply.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
      assert.equal(reply.headers.get("cache-control"), "no-cache");
    }
  });
});

test("what the document names is there, compressed where that is taken, and kept by its digest", {
  skip,
}, async () => {
  await serve([...pageProtocol("1.2.3").routes], async ({ port }) => {
    const base = `http://127.0.0.1:${port}`;
    const html = await (await fetch(`${base}/`)).text();
    const names = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, name = ""]) => name);
    assert.ok(names.length >= 2, html);
    for (const name of names) {
      const plain = await fetch(base + name, { headers: { "accept-encoding": "identity" } });
      assert.equal(plain.status, 200);
      assert.match(plain.headers.get("cache-control") ?? "", /immutable/);
      const bytes = Buffer.from(await plain.arrayBuffer());
      const coded = await fetch(base + name, { headers: { "accept-encoding": "gzip, br" } });
      assert.deepEqual(Buffer.from(await coded.arrayBuffer()), bytes);
      const again = await fetch(base + name, {
        headers: { "if-none-match": plain.headers.get("etag") ?? "" },
      });
      assert.equal(again.status, 304);
    }
  });
});

test("a file that the page does not have is not looked for on the disk", { skip }, async () => {
  await serve([...pageProtocol("1.2.3").routes], async ({ port }) => {
    for (const name of ["nothing.js", "..%2findex.html", "..%2f..%2f..%2fetc%2fpasswd", "index.html.br"]) {
      const reply = await fetch(`http://127.0.0.1:${port}/assets/${name}`);
      assert.equal(reply.status, 404, name);
    }
  });
});

test("where the page is not built, the first page says so and leads to what there is", () => {
  const body = plainIndex("1.2.3");
  for (const path of ["/docs", "/metrics", "/openapi.json"]) {
    assert.match(body, new RegExp(`href="${path}"`));
  }
  assert.match(body, /npm run build/);
});
