import assert from "node:assert/strict";
import { test } from "node:test";
import { withApp } from "../kit/app.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";

/** Reads a stream of events until its text holds `wanted`. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const { value, done } = await reader.read();
    if (done) assert.fail(`the stream ended before ${wanted}: ${text}`);
    text += Buffer.from(value).toString("utf8");
  }
  return text;
}

async function follow(url: string) {
  const reply = await fetch(`${url}/api/v1/events`);
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get("content-type"), "text/event-stream");
  assert.equal(reply.headers.get("cache-control"), "no-store");
  const reader = reply.body?.getReader() ?? assert.fail("no body");
  await readUntil(reader, /retry/);
  return reader;
}

test("who follows the events of a folder sees a version come and go", async () => {
  const folder = createServedFolder();
  try {
    await withApp(folder.path, async ({ url, comesTo }) => {
      const reader = await follow(url);
      folder.add("m", 1, artifact("add-sub"));
      const came = await readUntil(reader, /"state":"ready"/);
      assert.match(came, /event: version\.state\ndata: \{"model":"m","version":1,"state":"loading"/);
      assert.doesNotMatch(came, /^id:/m);
      await comesTo("ready", "m", 1);
      folder.remove("m");
      await readUntil(reader, /"state":"draining"/);
      await reader.cancel();
    });
  } finally {
    folder.delete();
  }
});

test("streams of events end in order when the server stops, without holding it up", async () => {
  const folder = createServedFolder();
  try {
    const graceMs = 600_000;
    await withApp(
      folder.path,
      async ({ url, app }) => {
        const reader = await follow(url);
        const closing = app.close();
        while (!(await reader.read()).done);
        await closing;
      },
      { "shutdown.graceMs": graceMs },
    );
  } finally {
    folder.delete();
  }
});
