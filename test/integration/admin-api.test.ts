import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { operations } from "../../src/admin/index.ts";
import { restoreData } from "../../src/server/index.ts";
import {
  type AdminAnswer,
  type Files,
  fileOf,
  type RegistryApp,
  registryConfig,
  withDataFolder,
  withRegistryApp,
} from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const CHURN: readonly [Files, Files] = [
  [artifact("churn", 1), "test/artifacts/models/churn/model.json"],
  [artifact("churn", 2), "test/artifacts/models/churn/model.json"],
];
const OTHER: Files = [artifact("add-sub", 1)];
const ROW = { rows: [{ state: "OH", total_day_minutes: 120 }] };
const MODEL = "/api/v1/models/churn";

/** A server with an empty registry. */
const withEmpty = async (use: (app: RegistryApp) => Promise<void>) =>
  withDataFolder(async (data) => withRegistryApp(data, use));

/** A server with two versions of churn, of which the first is champion. */
const withTwo = async (use: (app: RegistryApp) => Promise<void>) =>
  withEmpty(async (app) => {
    for (const files of CHURN) assert.equal((await app.add("churn", files)).status, 201);
    await use(app);
  });

const etagOf = ({ headers }: AdminAnswer) => headers.get("etag") ?? assert.fail("no ETag");

/** The body is what the operation promises. */
function checkAnswer(id: keyof typeof operations, { body }: AdminAnswer): void {
  const { success, error } = operations[id].answer.safeParse(body);
  assert.ok(success, `${id}: ${error?.message}`);
}

test("uploaded files become the first version, which is champion and answers", async () => {
  await withEmpty(async ({ add, call, predict }) => {
    const more = {
      metrics: { auc: 0.83 },
      tags: { team: "risk" },
      lineage: { data: "s3://d/1" },
      description: "leaves?",
    };
    const added = await add("churn", CHURN[0], more);
    assert.equal(added.status, 201);
    assert.equal(added.headers.get("location"), `${MODEL}/versions/1`);
    checkAnswer("addVersion", added);
    assert.deepEqual(added.body["aliases"], ["champion"]);
    assert.equal(added.body["existed"], false);
    const answer = await predict("churn", ROW);
    assert.equal(answer.status, 200);
    assert.equal(answer.body["version"], 1);
    const list = await call("GET", "/api/v1/models");
    checkAnswer("listModels", list);
    const model = await call("GET", MODEL);
    checkAnswer("showModel", model);
    assert.equal(model.body["serving"], 1);
    assert.equal((model.body["description"] as { text: string }).text, "leaves?");
    const version = await call("GET", `${MODEL}/versions/1`);
    checkAnswer("showVersion", version);
    assert.deepEqual(version.body["metrics"], { auc: 0.83 });
    assert.equal((version.body["status"] as { state: string }).state, "ready");
  });
});

test("an upload that was cut goes on where it stands", async () => {
  await withEmpty(async ({ url, call, add }) => {
    const { digest, content } = fileOf(artifact("churn", 1));
    const path = `/api/v1/uploads/${digest}`;
    const before = await call("HEAD", path);
    assert.deepEqual(
      [before.status, before.headers.get("upload-offset"), before.headers.get("upload-complete")],
      [200, "0", "false"],
    );
    const socket = startUpload(url, path, content.length);
    socket.write(content.subarray(0, 1000));
    const stands = async () => (await call("HEAD", path)).headers.get("upload-offset") === "1000";
    await until("the bytes that came", stands);
    socket.destroy();
    const rest = { body: content.subarray(1000), headers: { "upload-offset": "1000" } };
    let resumed: AdminAnswer | undefined;
    await until("the broken request to be let go of", async () => {
      resumed = await call("PUT", path, rest);
      return resumed.status === 204;
    });
    assert.equal(resumed?.headers.get("upload-complete"), "true");
    const again = await call("PUT", path, { body: content });
    assert.deepEqual([again.status, again.headers.get("upload-complete")], [204, "true"]);
    assert.equal((await add("churn", CHURN[0])).status, 201);
  });
});

/** A connection on which a file of this size is announced. */
function startUpload(url: string, path: string, bytes: number): Socket {
  const { host, hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${bytes}\r\n\r\n`);
  return socket;
}

test("bytes of another digest, and files that never came, become no version", async () => {
  await withEmpty(async ({ call }) => {
    const { digest, bytes, content: right } = fileOf(artifact("churn", 1));
    const { content } = fileOf(artifact("churn", 2));
    const long = Buffer.concat([content, content]).subarray(0, bytes);
    const wrong = await call("PUT", `/api/v1/uploads/${digest}`, { body: long });
    assert.equal(wrong.body["code"], "invalid_argument");
    const gap = { body: right.subarray(999), headers: { "upload-offset": "999" } };
    assert.equal((await call("PUT", `/api/v1/uploads/${digest}`, gap)).body["code"], "failed_precondition");
    const body = { files: [{ name: "model.onnx", digest, bytes }] };
    const missing = await call("POST", `${MODEL}/versions`, { body });
    assert.equal(missing.body["code"], "failed_precondition");
    assert.equal((await call("GET", MODEL)).status, 404);
  });
});

test("a file is downloaded whole or from an offset, with its digest", async () => {
  await withTwo(async ({ url, call }) => {
    const { digest, content } = fileOf(artifact("churn", 1));
    const path = `${MODEL}/versions/1/files/model.onnx`;
    const whole = await fetch(`${url}${path}`);
    assert.equal(whole.headers.get("x-content-sha256"), digest);
    assert.equal(whole.headers.get("content-length"), String(content.length));
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), Buffer.from(content));
    const rest = await fetch(`${url}${path}`, { headers: { range: "bytes=1000-" } });
    assert.equal(rest.status, 206);
    assert.equal(rest.headers.get("content-range"), `bytes 1000-${content.length - 1}/${content.length}`);
    assert.deepEqual(Buffer.from(await rest.arrayBuffer()), Buffer.from(content.subarray(1000)));
    assert.equal((await call("GET", path, { headers: { range: "bytes=99999999-" } })).status, 416);
    assert.equal((await call("GET", `${MODEL}/versions/1/files/secret`)).status, 404);
  });
});

test("a version is compared, promoted and rolled back, and the audit log tells it", async () => {
  await withTwo(async ({ call, predict }) => {
    const diff = await call("GET", `${MODEL}/diff?from=1&to=2`);
    checkAnswer("diffVersions", diff);
    const checks = await call("POST", `${MODEL}/versions/2/check`);
    checkAnswer("checkVersion", checks);
    const promoted = await call("POST", `${MODEL}/promote`, {
      body: { version: 2, force: true, reason: "better" },
    });
    assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
    checkAnswer("promote", promoted);
    assert.equal(promoted.body["previous"], 1);
    assert.equal((await predict("churn", ROW)).body["version"], 2);
    const back = await call("POST", `${MODEL}/rollback`);
    checkAnswer("rollback", back);
    assert.equal(back.body["version"], 1);
    assert.equal((await predict("churn", ROW)).body["version"], 1);
    const audit = await call("GET", "/api/v1/audit?model=churn");
    checkAnswer("listAudit", audit);
    const actions = (audit.body["entries"] as { action: string }[]).map(({ action }) => action);
    assert.equal(actions.filter((action) => action === "version.add").length, 2);
    assert.ok(actions.filter((action) => action.startsWith("alias.")).length >= 2, actions.join());
    const newest = (await call("GET", "/api/v1/audit?limit=1")).body;
    const older = await call("GET", `/api/v1/audit?limit=1&after=${String(newest["next"])}`);
    assert.notDeepEqual(older.body["entries"], newest["entries"]);
  });
});

test("a version whose signature breaks clients is not promoted unless forced", async () => {
  await withTwo(async ({ add, call, predict }) => {
    const added = await add("churn", OTHER);
    assert.equal(added.status, 201);
    const body = { version: added.body["version"] };
    const refused = await call("POST", `${MODEL}/promote`, { body });
    assert.equal(refused.status, 400);
    assert.equal(refused.body["code"], "failed_precondition");
    assert.equal((await predict("churn", ROW)).status, 200);
    const forced = await call("POST", `${MODEL}/promote`, { body: { ...body, force: true } });
    assert.equal(forced.status, 200, JSON.stringify(forced.body));
    assert.equal((await call("GET", MODEL)).body["serving"], 3);
  });
});

test("a change whose If-Match names another revision is refused, and done with the right one", async () => {
  await withTwo(async ({ call }) => {
    const seen = etagOf(await call("GET", MODEL));
    const change = async (match: string) =>
      call("PATCH", MODEL, { body: { tags: { seen: match } }, headers: { "if-match": match } });
    const changed = await change(seen);
    assert.equal(changed.status, 200);
    const stale = await change(seen);
    assert.deepEqual([stale.status, stale.body["code"]], [412, "aborted"]);
    assert.equal((await change(`W/${etagOf(changed)}`)).status, 412);
    assert.equal((await change(`"999999", ${etagOf(changed)}`)).status, 200);
    assert.equal((await change("*")).status, 200);
    const promote = { body: { version: 2, force: true }, headers: { "if-match": seen } };
    assert.equal((await call("POST", `${MODEL}/promote`, promote)).status, 412);
    assert.equal((await call("GET", MODEL)).body["serving"], 1);
  });
});

test("an endpoint is made once, changed by its ETag, asked and deleted", async () => {
  await withTwo(async ({ call, predict }) => {
    const path = "/api/v1/endpoints/leaving";
    const variants = [{ name: "a", target: "churn", weight: 1 }];
    const create = { body: { variants }, headers: { "if-none-match": "*" } };
    const made = await call("PUT", path, create);
    assert.equal(made.status, 200, JSON.stringify(made.body));
    checkAnswer("setEndpoint", made);
    assert.equal((await call("PUT", path, create)).status, 412);
    const answered = await predict("leaving", ROW);
    assert.equal(answered.status, 200);
    assert.equal(answered.headers.get("x-sirve-variant"), "a");
    const shown = await call("GET", path);
    checkAnswer("showEndpoint", shown);
    assert.equal(etagOf(shown), etagOf(made));
    assert.deepEqual(
      (shown.body["answered"] as { requests: number }[]).map(({ requests }) => requests),
      [1],
    );
    const other = [{ name: "b", target: "churn@2", weight: 1 }];
    const changed = await call("PUT", path, {
      body: { variants: other },
      headers: { "if-match": etagOf(made) },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.equal((await call("DELETE", path, { headers: { "if-match": etagOf(made) } })).status, 412);
    checkAnswer("listEndpoints", await call("GET", "/api/v1/endpoints"));
    const refused = await call("DELETE", `${MODEL}/versions/2`);
    assert.equal(refused.body["code"], "failed_precondition");
    assert.match(String(refused.body["detail"]), /leaving/);
    assert.equal((await call("DELETE", path, { headers: { "if-match": etagOf(changed) } })).status, 204);
    assert.equal((await predict("leaving", ROW)).status, 404);
    assert.equal((await call("DELETE", `${MODEL}/versions/2`)).status, 204);
  });
});

test("a repeated request with its Idempotency-Key is done once", async () => {
  await withTwo(async ({ call }) => {
    const headers = { "idempotency-key": "promotion-1" };
    const path = "/api/v1/audit?action=alias.move&model=churn";
    const moves = async () => ((await call("GET", path)).body["entries"] as unknown[]).length;
    const before = await moves();
    const promote = async (version: number) =>
      call("POST", `${MODEL}/promote`, { body: { version, force: true }, headers });
    const first = await promote(2);
    const again = await promote(2);
    assert.deepEqual(again.body, first.body);
    assert.equal(first.headers.get("idempotent-replayed"), null);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal((await promote(1)).body["code"], "invalid_argument");
    assert.equal(await moves(), before + 1);
  });
});

test("what serves is not deleted, and the refusal says why", async () => {
  await withTwo(async ({ call, predict }) => {
    const refused = await call("DELETE", `${MODEL}/versions/1`);
    assert.equal(refused.status, 400);
    assert.match(String(refused.body["detail"]), /champion/);
    assert.equal((await call("DELETE", MODEL)).body["code"], "failed_precondition");
    assert.equal((await predict("churn", ROW)).status, 200);
    assert.equal((await call("DELETE", `${MODEL}?force=true`)).status, 204);
    assert.equal((await call("GET", MODEL)).status, 404);
    // While its memory is freed it is unavailable; then it is not there.
    await until("the model to be gone", async () => (await predict("churn", ROW)).status === 404);
  });
});

test("changes are followed as events, also those that were missed", async () => {
  await withTwo(async ({ url, call }) => {
    const stream = await fetch(`${url}/api/v1/events`);
    assert.equal(stream.headers.get("content-type"), "text/event-stream");
    const reader = stream.body?.getReader() ?? assert.fail("no stream");
    const text = await readEvents(reader, "retry");
    assert.match(text, /retry/);
    await call("PATCH", MODEL, { body: { tags: { a: "1" } } });
    const seen = await readEvents(reader, "model.change");
    const id = Number(/id: (\d+)\nevent: model\.change/.exec(seen)?.[1]);
    await reader.cancel();
    await call("PATCH", MODEL, { body: { tags: { a: "2" } } });
    const headers = { "last-event-id": String(id) };
    const later = (await fetch(`${url}/api/v1/events`, { headers })).body?.getReader() ?? assert.fail();
    const missed = await readEvents(later, "model.change");
    assert.ok(Number(/id: (\d+)\nevent: model\.change/.exec(missed)?.[1]) > id);
    await later.cancel();
  });
});

test("a stream of events ends in order when the server stops, without holding it up", async () => {
  await withTwo(async ({ url, app }) => {
    const stream = await fetch(`${url}/api/v1/events`);
    const reading = stream.text();
    const closing = app.close();
    assert.match(await reading, /^retry/);
    await closing;
  });
});

test("a backup of the running server is restored elsewhere, and gives the same answers", async () => {
  await withDataFolder(async (folder) => {
    let archive: Uint8Array = new Uint8Array();
    const answers: unknown[] = [];
    const ask = async ({ call, predict }: RegistryApp) => {
      const { version, predictions } = (await predict("churn", ROW)).body;
      const { body: versions } = await call("GET", `${MODEL}/versions`);
      const { body: audit } = await call("GET", "/api/v1/audit");
      answers.push({ version, predictions, versions, audit });
    };
    await withRegistryApp(join(folder, "from"), async (app) => {
      for (const files of CHURN) await app.add("churn", files);
      await app.call("POST", `${MODEL}/promote`, { body: { version: 2, force: true } });
      await ask(app);
      const reply = await fetch(`${app.url}/api/v1/backup`);
      assert.equal(reply.headers.get("content-type"), "application/x-tar");
      archive = new Uint8Array(await reply.arrayBuffer());
    });
    const to = join(folder, "to");
    const { files } = await restoreData(registryConfig(to), inOnePart(archive));
    assert.equal(files, 3);
    await withRegistryApp(to, ask);
    assert.deepEqual(answers[1], answers[0]);
  });
});

async function* inOnePart(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test("a second server on the same data directory is refused, the next one after it is not", async () => {
  await withDataFolder(async (data) => {
    await withRegistryApp(data, async () => {
      await assert.rejects(
        withRegistryApp(data, async () => {}),
        {
          code: "failed_precondition",
          message: /in use/,
        },
      );
    });
    await withRegistryApp(data, async ({ call }) => {
      assert.equal((await call("GET", "/api/v1/server")).body["mode"], "registry");
    });
  });
});

test("a server that cannot listen lets go of its data directory", async () => {
  await withDataFolder(async (data) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    try {
      const { port } = taken.address() as AddressInfo;
      const flags = { "http.port": port };
      await assert.rejects(
        withRegistryApp(data, async () => {}, flags),
        { code: "failed_precondition" },
      );
    } finally {
      taken.close();
    }
    await withRegistryApp(data, async ({ call }) => {
      assert.equal((await call("GET", "/api/v1/models")).status, 200);
    });
  });
});

/** Reads until the text of an event came. */
async function readEvents(
  reader: { read(): Promise<{ readonly value?: Uint8Array | undefined; readonly done: boolean }> },
  wanted: string,
): Promise<string> {
  let text = "";
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) assert.fail(`the stream ended before ${wanted}: ${text}`);
    text += Buffer.from(value ?? []).toString("utf8");
  }
  return text;
}
