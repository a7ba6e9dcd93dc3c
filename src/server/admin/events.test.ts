import assert from "node:assert/strict";
import { test } from "node:test";
import { plainContext } from "../../../test/kit/fake-planes.ts";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { PlatformError } from "../../base/index.ts";
import type { Caller, VersionStatus } from "../../model/index.ts";
import type { HttpReply } from "../../protocols/index.ts";
import type { AuditEntry, Registry } from "../../registry/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import type { LoadSample, LoadSource } from "../load-history.ts";
import { ChangeFeed } from "./change-feed.ts";
import { eventHandlers } from "./events.ts";

const entry = (id: number, action: string, model: string): AuditEntry => ({
  id,
  at: "2026-11-26T12:00:00.000Z",
  actor: "key:ab12cd34",
  action,
  model,
  requestId: `r${id}`,
  details: {},
});

/** A registry of which the feed sees the changes alone. */
function changing(entries: AuditEntry[]): Registry {
  const known: Pick<Registry, "changesAfter" | "lastChangeId"> = {
    changesAfter: async (id, limit) => entries.filter((one) => one.id > id).slice(0, limit),
    lastChangeId: async () => entries.at(-1)?.id ?? 0,
  };
  return known as Registry;
}

const viewer: Caller = { id: "v", role: "viewer", models: ["a*"], mayUse: (name) => name.startsWith("a") };
const admin: Caller = { id: "r", role: "admin", mayUse: () => true };

interface Following {
  readonly caller?: Caller;
  readonly headers?: Record<string, string>;
  readonly hasLoad?: boolean;
  readonly load?: LoadSource;
}

const noLoad: LoadSource = { since: () => [], listen: () => () => {} };

/** A stream of events, and how to read what has come. */
async function follow(feed: ChangeFeed, registry: Registry | undefined, clock: ManualClock, options = {}) {
  const { caller = admin, headers = {}, hasLoad = false, load = noLoad } = options as Following;
  const context = plainContext();
  const http = { ...EMPTY, headers, context };
  const { events } = eventHandlers({ feed, registry, clock, load });
  const request = { caller, actor: { id: "", requestId: "" }, precondition: { kind: "none" as const }, http };
  const reply = (await events({ params: {}, query: { load: hasLoad }, body: {} }, request)) as HttpReply;
  const chunks = (reply.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await chunks.next();
    return done ? undefined : Buffer.from(value).toString("utf8");
  };
  assert.equal(reply.headers["content-type"], "text/event-stream");
  return { next, context, leave: async () => chunks.return?.() };
}

const EMPTY = {
  method: "GET",
  path: "/api/v1/events",
  params: {},
  query: new URLSearchParams(),
  body: new Uint8Array(0),
};

const status = (model: string): VersionStatus => ({
  model,
  version: 1,
  state: "ready",
  digest: "",
  artifactBytes: 0,
  memoryBytes: 0,
  platform: "onnxruntime_onnx",
});

test("a change is told with its id, its action and itself", async () => {
  const entries = [entry(1, "model.change", "a")];
  const clock = new ManualClock();
  const feed = new ChangeFeed(changing(entries), clock, silentLogger);
  const { next } = await follow(feed, changing(entries), clock);
  assert.equal(await next(), "retry: 2000\n\n");
  entries.push(entry(2, "alias.move", "a"));
  feed.poke();
  assert.equal(await next(), `id: 2\nevent: alias.move\ndata: ${JSON.stringify(entries[1])}\n\n`);
});

test("Last-Event-ID goes on behind the event that it names, and nothing comes twice", async () => {
  const entries = Array.from({ length: 1201 }, (_, i) => entry(i + 1, "version.tag", "a"));
  const clock = new ManualClock();
  const registry = changing(entries);
  const feed = new ChangeFeed(registry, clock, silentLogger);
  const { next } = await follow(feed, registry, clock, { headers: { "last-event-id": "1" } });
  assert.equal(await next(), "retry: 2000\n\n");
  entries.push(entry(1202, "version.tag", "a"));
  feed.poke();
  for (let id = 2; id <= 1202; id++) assert.match((await next()) ?? "", new RegExp(`^id: ${id}\n`));
});

test("a viewer sees changes of its models, and none of keys", async () => {
  const entries = [
    entry(1, "key.create", ""),
    entry(2, "alias.move", "b"),
    entry(3, "key.create", "a"),
    entry(4, "alias.move", "a"),
  ];
  const clock = new ManualClock();
  const registry = changing(entries);
  const feed = new ChangeFeed(registry, clock, silentLogger);
  const options = { caller: viewer, headers: { "last-event-id": "0" } };
  const { next } = await follow(feed, registry, clock, options);
  await next();
  assert.match((await next()) ?? "", /^id: 4\n/);
  feed.stateChanged(status("b"));
  feed.stateChanged(status("a"));
  assert.match((await next()) ?? "", /^event: version\.state\ndata: \{"model":"a"/);
});

test("states of versions come without an id, also where there is no registry", async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const { next } = await follow(feed, undefined, clock);
  await next();
  feed.stateChanged(status("a"));
  assert.match((await next()) ?? "", /^event: version\.state\n/);
});

test("silence is broken by a comment every 15 seconds", async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const { next } = await follow(feed, undefined, clock);
  await next();
  const silence = next();
  await new Promise(setImmediate);
  clock.advance(15_000);
  assert.equal(await silence, ": still here\n\n");
});

test("a reader that is a thousand events behind is cut off", async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const { next } = await follow(feed, undefined, clock);
  await next();
  for (let i = 0; i <= 1000; i++) feed.stateChanged(status("a"));
  assert.equal(await next(), undefined);
});

test("a stream ends in order when the server stops, and when its request is over", async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const [first, second] = [await follow(feed, undefined, clock), await follow(feed, undefined, clock)];
  await first.next();
  await second.next();
  const ending = second.next();
  second.context.deadline.end(new PlatformError("cancelled", "gone"));
  assert.equal(await ending, undefined);
  const stopping = first.next();
  feed.close();
  assert.equal(await stopping, undefined);
  const late = await follow(feed, undefined, clock);
  await late.next();
  assert.equal(await late.next(), undefined);
});

test("a Last-Event-ID that is no number is refused", async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const following = follow(feed, undefined, clock, { headers: { "last-event-id": "x" } });
  await assert.rejects(following, { code: "invalid_argument" });
});

test("the load is told to whoever asks for it, of the models that exist for them, until they leave", async () => {
  const clock = new ManualClock();
  const listeners = new Set<(sample: LoadSample) => void>();
  const load: LoadSource = {
    since: () => [],
    listen(tell) {
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
  };
  const feed = new ChangeFeed(undefined, clock, silentLogger);
  const versions = [{ model: "a" }, { model: "b" }] as unknown as LoadSample["versions"];
  const { next, leave } = await follow(feed, undefined, clock, { caller: viewer, hasLoad: true, load });
  await next();
  const told = next();
  for (const tell of listeners) tell({ at: "2026-11-27T12:00:00.000Z", versions });
  assert.equal(
    await told,
    'event: load\ndata: {"at":"2026-11-27T12:00:00.000Z","versions":[{"model":"a"}]}\n\n',
  );
  await leave();
  assert.equal(listeners.size, 0);
  const other = await follow(feed, undefined, clock, { load });
  await other.next();
  assert.equal(listeners.size, 0);
  await other.leave();
});
