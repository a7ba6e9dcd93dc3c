import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { parseEvents } from "./events.ts";
import { createClient, SirveError } from "./index.ts";
import { linesOf } from "./lines.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server whose answers are given in order; the last one repeats. */
async function withAnswers(
  answers: readonly { status: number; headers?: Record<string, string>; body?: unknown }[],
  use: (url: string, seen: readonly Seen[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      response.writeHead(answer?.status ?? 500, answer?.headers);
      response.end(answer?.body === undefined ? "" : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const BUSY = { status: 503, headers: { "retry-after": "0" } };

test("a promotion is repeated under one idempotency key until it is answered", async () => {
  await withAnswers([BUSY, BUSY, { status: 200, body: { version: 7 } }], async (url, seen) => {
    const client = createClient({ url, key: "sirve_test" });
    const call = { params: { model: "churn" }, body: { version: 7 } };
    const answer = await client.admin.promote(call, { ifMatch: 3 });
    assert.equal(answer.version, 7);
    assert.equal(seen.length, 3);
    assert.equal(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size, 1);
    const [first] = seen;
    assert.equal(first?.url, "/api/v1/models/churn/promote");
    assert.equal(first?.headers["if-match"], '"3"');
    assert.equal(first?.headers["authorization"], "Bearer sirve_test");
    assert.ok(Number(first?.headers["x-sirve-deadline-ms"]) > 0);
  });
});

test("what may not be repeated is asked once", async () => {
  await withAnswers([BUSY], async (url, seen) => {
    const { admin } = createClient({ url });
    await assert.rejects(admin.createKey({ body: { name: "a", role: "viewer" } }), SirveError);
    assert.equal(seen.length, 1);
  });
});

test("a server in trouble is not flooded: retries come out of a budget", async () => {
  await withAnswers([BUSY], async (url, seen) => {
    const { admin } = createClient({ url, retries: 3 });
    for (let i = 0; i < 20; i += 1) await assert.rejects(admin.showServer({}));
    assert.ok(seen.length <= 30, `${seen.length} requests`);
  });
});

test("a refusal carries the server's own words", async () => {
  const body = { code: "not_found", detail: "no model churn", field: "model", got: "churn", requestId: "r1" };
  await withAnswers([{ status: 404, body }], async (url) => {
    const failed = createClient({ url }).admin.showModel({ params: { model: "churn" } });
    await assert.rejects(failed, (error: SirveError) => {
      const { code, status, field, got, requestId } = error.details;
      assert.deepEqual(
        { code, status, field, got, requestId, message: error.message },
        {
          code: "not_found",
          status: 404,
          field: "model",
          got: "churn",
          requestId: "r1",
          message: "no model churn",
        },
      );
      return true;
    });
  });
});

/** A server that takes connections and never answers. */
async function withSilence(use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a call has a deadline of its own, which the server is told", async () => {
  await withSilence(async (url) => {
    const client = createClient({ url });
    const late = { code: "deadline_exceeded", message: `${url} did not answer within 30 ms` };
    await assert.rejects(client.predict("m", { rows: [] }, { timeoutMs: 30 }), late);
    await assert.rejects(client.admin.listModels({}, { timeoutMs: 30 }), late);
    const rows = client.predictStream("m", [{}], { timeoutMs: 30 });
    await assert.rejects(rows.next(), late);
  });
});

test("whoever gives up is told at once that it was cancelled, between two attempts too", async () => {
  await withSilence(async (url) => {
    const stop = new AbortController();
    const asked = createClient({ url }).predict("m", { rows: [] }, { signal: stop.signal });
    stop.abort();
    await assert.rejects(asked, { code: "cancelled", status: 0 });
  });
  await withAnswers([{ status: 503, headers: { "retry-after": "20" } }], async (url, seen) => {
    const stop = new AbortController();
    const asked = createClient({ url }).isReady({ signal: stop.signal });
    assert.equal(await asked, false);
    const listed = createClient({ url }).admin.listModels({}, { signal: stop.signal });
    const until = setInterval(() => seen.length > 1 && stop.abort(), 5);
    await assert.rejects(listed, { code: "cancelled" });
    clearInterval(until);
  });
});

test("an answer that is no JSON is an error of the client, and so is a stream that breaks off", async () => {
  await withAnswers([{ status: 200 }], async (url) => {
    const failed = createClient({ url }).predict("m", { rows: [] });
    await assert.rejects(failed, { code: "internal", status: 200, message: /no JSON/ });
  });
  const server = createServer((_request, response) => {
    response.write('{"line":1}\n');
    setTimeout(() => response.destroy(), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const came: unknown[] = [];
  const read = async () => {
    for await (const one of createClient({ url }).predictStream("m", [{}])) came.push(one);
  };
  await assert.rejects(read(), { code: "unavailable", message: /broke off/ });
  assert.deepEqual(came, [{ line: 1 }]);
  server.close();
});

test("rows that are still being made are sent as they come, once", async () => {
  await withAnswers([{ status: 200, body: { line: 1 } }, BUSY], async (url, seen) => {
    const client = createClient({ url });
    async function* rows() {
      yield { a: 1n << 60n };
      yield { b: Float32Array.of(1, 2) };
    }
    for await (const answer of client.predictStream("m", rows(), { version: 3 })) {
      assert.deepEqual(answer, { line: 1 });
    }
    assert.equal(seen[0]?.url, "/predict/m/versions/3");
    assert.equal(seen[0]?.body, '{"a":1152921504606846976}\n{"b":[1,2]}\n');
    await assert.rejects(client.predictStream("m", rows()).next(), { code: "unavailable" });
    assert.equal(seen.length, 2);
  });
});

test("columns are sent as the rows that they make, and must be of one length", async () => {
  await withAnswers([{ status: 200, body: {} }], async (url, seen) => {
    const client = createClient({ url });
    await client.predict("m", { columns: { a: Int32Array.of(1, 2), b: ["x", null] }, outputs: ["y"] });
    assert.equal(seen[0]?.body, '{"rows":[{"a":1,"b":"x"},{"a":2,"b":null}],"outputs":["y"]}');
    const uneven = client.predict("m", { columns: { a: [1], b: [] } });
    await assert.rejects(uneven, { code: "invalid_argument", message: /column b has 0 values/ });
  });
});

test("a key that no header carries is refused before anything is sent, and not shown", () => {
  assert.throws(
    () => createClient({ url: "http://x", key: "sirve_\n" }),
    (error: SirveError) => {
      assert.equal(error.code, "invalid_argument");
      assert.doesNotMatch(JSON.stringify(error) + error.message, /sirve_/);
      return true;
    },
  );
});

test("events go on behind the last one after a stream has ended", async () => {
  const told: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const last = request.headers["last-event-id"];
    told.push(typeof last === "string" ? last : undefined);
    response.end(`id: ${told.length}\nevent: change\ndata: {}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = new AbortController();
  const { port } = server.address() as AddressInfo;
  for await (const { id } of createClient({ url: `http://127.0.0.1:${port}` }).events({
    signal: stop.signal,
  })) {
    if (id === "2") stop.abort();
  }
  assert.deepEqual(told, [undefined, "1"]);
  server.closeAllConnections();
  server.close();
});

test("a broken upload goes on where the server says that it is", async () => {
  const at = (offset: number, isDone = false) => ({
    status: 200,
    headers: { "upload-offset": String(offset), "upload-complete": String(isDone) },
  });
  await withAnswers([at(0), { status: 503 }, at(4), { status: 204 }], async (url, seen) => {
    const sent: number[] = [];
    const blob = new Blob(["0123456789"]);
    const progress = (bytes: number) => void sent.push(bytes);
    await createClient({ url }).upload({ blob, digest: "a".repeat(64) }, { progress });
    assert.equal(seen[3]?.headers["upload-offset"], "4");
    assert.equal(seen[3]?.body, "456789");
    assert.equal(sent.at(-1), 10);
  });
});

test("an upload waits while the server still holds on to an attempt that was lost", async () => {
  const head = { status: 200, headers: { "upload-offset": "0", "upload-complete": "false" } };
  const busy = {
    status: 503,
    headers: { "retry-after": "0" },
    body: { code: "unavailable", detail: "the same file is being sent by another request" },
  };
  await withAnswers([head, busy, head, { status: 204 }], async (url, seen) => {
    await createClient({ url }).upload({ blob: new Blob(["x"]), digest: "a".repeat(64) });
    assert.deepEqual(
      seen.map(({ method }) => method),
      ["HEAD", "PUT", "HEAD", "PUT"],
    );
  });
});

test("events come whole however the stream is cut", async () => {
  const text = 'id: 5\nevent: change\ndata: {"a":"é"}\n\n: ping\n\ndata: x\r\ndata: y\r\n\r\n';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
        controller.close();
      },
    });
    const came: unknown[] = [];
    for await (const event of parseEvents(linesOf(body))) came.push(event);
    assert.deepEqual(came, [
      { id: "5", event: "change", data: { a: "é" } },
      { id: "5", event: "message", data: "x\ny" },
    ]);
  }
});
