import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Deadline, PlatformError, systemClock } from "../../base/index.ts";
import { emptyManifest } from "../../model/index.ts";
import { type Tensors, tensorOf } from "../../tensor/index.ts";
import type { RunOptions, Session } from "../contract.ts";
import { createRemoteRuntime } from "./runtime.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** One row of two numbers in, one number out. */
const METADATA = {
  name: "m",
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
  outputs: [{ name: "y", datatype: "INT32", shape: [-1, 1] }],
};
const ANSWER = { outputs: [{ name: "y", datatype: "INT32", shape: [1, 1], data: [7] }] };

interface Scene {
  readonly url: string;
  readonly load: (
    remote?: object,
    extra?: Partial<Parameters<typeof createRemoteRuntime>[0]>,
  ) => Promise<Session>;
  /** Requests for a prediction since the version was loaded. */
  readonly asked: IncomingMessage[];
  /** How the next requests for a prediction are answered. */
  answer: Listener;
}

/** A V2 server that answers predictions as it is told; its rows are not tried. */
async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-remote-"));
  const listener: RequestListener = (request, response) => {
    request.resume();
    if (request.url === "/v2/models/m") json(response, METADATA);
    else if (request.method === "GET") json(response, { error: "no such page" }, 404);
    else {
      scene.asked.push(request);
      scene.answer(request, response);
    }
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open: Session[] = [];
  const path = join(folder, "remote.json");
  const scene: Scene = {
    url,
    asked: [],
    answer: (_, response) => json(response, ANSWER),
    async load(remote = {}, extra = {}) {
      writeFileSync(path, JSON.stringify({ url, protocol: "v2", model: "m", ...remote }));
      const options = { allowed: [url], secrets: [], env: {}, clock: systemClock, ...extra };
      const artifact = { path, digest: "", bytes: 0, manifest: emptyManifest };
      const session = await createRemoteRuntime(options).load(artifact, new Deadline());
      open.push(session);
      scene.asked.length = 0;
      return session;
    },
  };
  try {
    await use(scene);
  } finally {
    for (const session of open) await session.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
}

function json(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

const ROW: Tensors = new Map([["x", tensorOf("FP32", [1, 2], [1, 2])]]);

async function failureOf(running: Promise<unknown>): Promise<PlatformError> {
  const thrown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof PlatformError, `it did not fail as it should: ${String(thrown)}`);
  return thrown;
}

const run = async (session: Session, options?: RunOptions) => session.start([ROW], options).done;

/** The first number of the output. */
async function numberOf(running: ReturnType<typeof run>): Promise<unknown> {
  const data = (await running).outputs.get("y")?.data;
  assert.ok(data instanceof Int32Array);
  return data[0];
}

const OUTPUT = ANSWER.outputs[0];

/** Answers that cannot be used: what is sent, and the field that the error names. */
const HOSTILE: readonly (readonly [what: string, field: string, send: Listener])[] = [
  ["no JSON", "body", (_, r) => r.end("<html>")],
  ["bytes that are no text", "body", (_, r) => r.end(Buffer.from([0xff, 0xfe]))],
  ["a list", "body", (_, r) => json(r, [1])],
  ["no outputs", "outputs", (_, r) => json(r, {})],
  ["other outputs", "outputs.y", (_, r) => json(r, { outputs: [{ ...OUTPUT, name: "z" }] })],
  [
    "another datatype",
    "outputs.y.datatype",
    (_, r) => json(r, { outputs: [{ ...OUTPUT, datatype: "FP32" }] }),
  ],
  ["another shape", "outputs.y.shape", (_, r) => json(r, { outputs: [{ ...OUTPUT, shape: [1, 9] }] })],
  [
    "more rows",
    "outputs.y.shape",
    (_, r) => json(r, { outputs: [{ ...OUTPUT, shape: [2, 1], data: [7, 7] }] }),
  ],
  [
    "a shape of billions",
    "outputs.y.shape",
    (_, r) => json(r, { outputs: [{ ...OUTPUT, shape: [1e12, 1] }] }),
  ],
  ["too few values", "outputs.y", (_, r) => json(r, { outputs: [{ ...OUTPUT, data: [] }] })],
  ["a text as number", "outputs.y[0]", (_, r) => json(r, { outputs: [{ ...OUTPUT, data: ["7"] }] })],
  ["a fraction", "outputs.y[0]", (_, r) => json(r, { outputs: [{ ...OUTPUT, data: [7.5] }] })],
  [
    "NaN as integer",
    "outputs.y[0]",
    (_, r) => r.end('{"outputs":[{"name":"y","datatype":"INT32","shape":[1,1],"data":[NaN]}]}'),
  ],
  [
    "a length beyond the body",
    "inference-header-content-length",
    (_, r) => json(r, ANSWER, 200, { "inference-header-content-length": "99999" }),
  ],
  [
    "bytes beyond the body",
    "outputs[0].parameters.binary_data_size",
    (_, r) => json(r, { outputs: [{ ...OUTPUT, parameters: { binary_data_size: 4 } }] }),
  ],
  ["a redirect", "location", (_, r) => json(r, {}, 302, { location: "http://169.254.169.254/secret" })],
  ["an encoding", "content-encoding", (_, r) => json(r, ANSWER, 200, { "content-encoding": "gzip" })],
  ["a huge answer", "maxResponseBytes", (_, r) => r.end(Buffer.alloc(5000, 32))],
  [
    "a huge answer in chunks",
    "maxResponseBytes",
    (_, r) => void (r.write(" ".repeat(3000)), r.end(" ".repeat(3000))),
  ],
  [
    "a huge announcement",
    "maxResponseBytes",
    (_, r) => r.writeHead(200, { "content-length": "999999999" }).flushHeaders(),
  ],
  [
    "an answer cut short",
    "body",
    (_, r) =>
      void (r.writeHead(200, { "content-length": "100" }), r.write("{"), setImmediate(() => r.destroy())),
  ],
  ["a slow drip", "timeoutMs", (_, r) => drip(r)],
  ["nothing at all", "timeoutMs", () => {}],
];

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
}

test("each answer that cannot be used is told by the field that is wrong", async () => {
  for (const [what, field, send] of HOSTILE) {
    await withScene(async (scene) => {
      const session = await scene.load({ maxResponseBytes: 4096, timeoutMs: 300 });
      scene.answer = send;
      const { details, message } = await failureOf(run(session));
      assert.equal(details.field, field, `${what}: ${message}`);
      scene.answer = (_, response) => json(response, ANSWER);
      assert.equal(await numberOf(run(session)), 7, what);
    });
  }
});

test("what the server refuses is told in its words, and only refused inputs blame the caller", async () => {
  await withScene(async (scene) => {
    const session = await scene.load();
    const codes: Record<number, string> = {
      400: "invalid_argument",
      401: "internal",
      404: "internal",
      429: "resource_exhausted",
      500: "internal",
    };
    for (const [status, code] of Object.entries(codes)) {
      scene.answer = (_, response) => json(response, { error: "its own words" }, Number(status));
      const error = await failureOf(run(session));
      assert.equal(error.code, code);
      assert.match(error.message, /answered \d+: its own words$/);
    }
    assert.equal(scene.asked.length, 5);
  });
});

test("a request that reached no model is sent again; one that a model answered is not", async () => {
  await withScene(async (scene) => {
    const session = await scene.load({ retries: 2 });
    const refusals = [503, 0];
    scene.answer = (request, response) => {
      const status = refusals.shift();
      if (status === undefined) json(response, ANSWER);
      else if (status === 0) request.destroy();
      else json(response, {}, status, { "retry-after": "0" });
    };
    assert.equal(await numberOf(run(session)), 7);
    assert.equal(scene.asked.length, 3);
    scene.answer = (_, response) => json(response, {}, 500);
    await failureOf(run(session));
    assert.equal(scene.asked.length, 4);
  });
});

test("a server that asks for a longer wait than the deadline is not waited for", async () => {
  await withScene(async (scene) => {
    const session = await scene.load({ timeoutMs: 5000 });
    scene.answer = (_, response) => json(response, {}, 503, { "retry-after": "3600" });
    const { code, details } = await failureOf(run(session));
    assert.deepEqual([code, details.retryAfterMs, scene.asked.length], ["unavailable", 3_600_000, 1]);
  });
});

test("a server that fails again and again is left alone, and the error says until when", async () => {
  await withScene(async (scene) => {
    const session = await scene.load({ retries: 0 });
    scene.answer = (_, response) => json(response, {}, 503);
    for (let i = 0; i < 5; i++) await failureOf(run(session));
    const { code, message, details } = await failureOf(run(session));
    assert.equal(scene.asked.length, 5);
    assert.equal(code, "unavailable");
    assert.match(message, /the circuit is open/);
    assert.match(details.hint ?? "", /^one request tries it again in \d/);
  });
});

test("the deadline travels to the server, and ends the request there", async () => {
  await withScene(async (scene) => {
    const session = await scene.load();
    const gone = Promise.withResolvers<void>();
    scene.answer = (_, response) => response.once("close", () => gone.resolve());
    const { code } = await failureOf(run(session, { deadlineAt: systemClock.now() + 100 }));
    assert.equal(code, "deadline_exceeded");
    const told = Number(scene.asked[0]?.headers["x-sirve-deadline-ms"]);
    assert.ok(told >= 1 && told <= 100, String(told));
    await gone.promise;
    scene.answer = (_, response) => json(response, ANSWER);
    assert.equal(await numberOf(run(session)), 7);
  });
});

test("a run that is stopped ends its request", async () => {
  await withScene(async (scene) => {
    const session = await scene.load();
    const [came, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    scene.answer = (_, response) => {
      response.once("close", () => gone.resolve());
      came.resolve();
    };
    const running = session.start([ROW]);
    await came.promise;
    running.terminate();
    assert.equal((await failureOf(running.done)).code, "cancelled");
    await gone.promise;
  });
});

test("secrets come from the variables that the server names, and from no others", async () => {
  await withScene(async (scene) => {
    const remote = { headers: { Authorization: { env: "TOKEN" } } };
    const refused = await failureOf(scene.load(remote, { env: { TOKEN: "Bearer x" } }));
    assert.equal(refused.details.field, "headers.Authorization");
    const missing = await failureOf(scene.load(remote, { secrets: ["TOKEN"] }));
    assert.equal(missing.details.got, "nothing");
    const session = await scene.load(remote, { env: { TOKEN: "Bearer x" }, secrets: ["TOKEN"] });
    await run(session);
    assert.equal(scene.asked[0]?.headers.authorization, "Bearer x");
  });
});

test("a server of another origin is not asked at all", async () => {
  await withScene(async (scene) => {
    const error = await failureOf(scene.load({}, { allowed: [`${scene.url}0`] }));
    assert.deepEqual([error.code, error.details.field], ["failed_precondition", "engine.allowRemote"]);
    assert.match(error.details.hint ?? "", /--engine-allow-remote http:\/\/127/);
  });
});

test("a file that is not as it must be is refused by the field", async () => {
  await withScene(async (scene) => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ url: "file:///etc/passwd" }, "remote.json.url"],
      [{ url: "http://user:secret@host" }, "remote.json.url"],
      [{ headers: { Authorization: "Bearer x" } }, "remote.json.headers.Authorization"],
      [{ headers: { Host: { env: "X" } } }, "remote.json.headers.Host"],
      [{ retires: 2 }, "remote.json"],
      [{ protocol: "openai" }, "remote.json.task"],
      [{ inputs: [{ name: "x", dtype: "FP32", shape: [-1] }] }, "remote.json.outputs"],
    ];
    for (const [remote, field] of wrong) {
      const { details, message } = await failureOf(scene.load(remote));
      assert.equal(details.field, field, message);
    }
  });
});

test("no more requests are under way at once than maxConcurrent says", async () => {
  await withScene(async (scene) => {
    const session = await scene.load({ maxConcurrent: 2 });
    assert.equal(session.maxRuns, 2);
    const held: ServerResponse[] = [];
    const arrived: (() => void)[] = [];
    scene.answer = (_, response) => {
      held.push(response);
      arrived.shift()?.();
    };
    const two = new Promise<void>((resolve) => arrived.push(() => arrived.push(resolve)));
    const running = Array.from({ length: 5 }, async () => run(session));
    await two;
    for (let answered = 0; answered < 5; answered++) {
      assert.ok(held.length - answered <= 2, `${held.length} came, ${answered} were answered`);
      const next =
        held.length > answered + 1 ? undefined : new Promise<void>((resolve) => arrived.push(resolve));
      const response = held[answered];
      assert.ok(response);
      json(response, ANSWER);
      if (answered < 4) await next;
    }
    await Promise.all(running);
  });
});
