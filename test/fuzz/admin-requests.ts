import type { HttpRequest, HttpRoute } from "../../src/protocols/index.ts";
import { mutate } from "./mutate.ts";
import { context } from "./planes.ts";
import type { Random } from "./random.ts";

const DIGEST = "ab".repeat(32);

const TEXTS = [
  "churn",
  "m",
  "1",
  "0",
  "-1",
  "1e99",
  "9".repeat(30),
  "",
  " ",
  "champion",
  "a@b",
  "..",
  "*",
  DIGEST,
];
const HOSTILE = [
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "\u0000",
  "ü".repeat(100),
  "x".repeat(5000),
  "%",
  '"',
];

const BODIES = [
  {},
  { version: 7, alias: "champion", force: true, reason: "r" },
  { files: [{ name: "model.onnx", digest: DIGEST, bytes: 10 }], metrics: { auc: 0.8 }, tags: { a: "b" } },
  { variants: [{ name: "a", target: "churn@7", weight: 1 }], shadow: { target: "churn" }, salt: "s" },
  { name: "ci", role: "releaser", models: ["a*"], expiresAt: "2027-01-01T00:00:00.000Z" },
  { tags: { team: "risk" } },
  { overlapSeconds: 60 },
  { to: 3 },
  JSON.parse('{"__proto__": {"version": 1}, "tags": {"__proto__": "x", "constructor": "y"}}') as object,
].map((value) => Buffer.from(JSON.stringify(value)));

const DEEP = Buffer.from(`{"tags":${"[".repeat(20_000)}${"]".repeat(20_000)}}`);

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  "if-match": ["*", '"7"', 'W/"7"', "7", '"', '"1", "2"', "ü"],
  "if-none-match": ["*", '"7"', "x"],
  "idempotency-key": ["k", "", " ", "x".repeat(300)],
  "content-type": [
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "application/vnd.x+json",
    "json",
  ],
  "content-encoding": ["gzip", "identity"],
  "last-event-id": ["0", "7", "-1", "x", "9".repeat(40)],
  "upload-offset": ["0", "7", "-1", "1e3", "9".repeat(16), "x"],
  range: ["bytes=0-", "bytes=9999999-", "bytes=-1", "bytes=1-2,3-4", "x"],
};

const QUERIES = [
  "limit=1",
  "limit=0",
  "limit=x",
  "limit=1&limit=2",
  "after=x",
  "from=1&to=2",
  "force=maybe",
  "force=true",
  "version=1",
  "__proto__=1",
  "%00=%ff",
  "action=alias.move",
];

/** A request to a route: of right and wrong parts, some of them damaged. */
export function adminRequest(route: HttpRoute, random: Random): HttpRequest {
  const text = () => (random.below(3) === 0 ? random.pick(HOSTILE) : random.pick(TEXTS));
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const body = bodyOf(random);
  const headers = Object.entries(HEADERS).filter(() => random.below(5) === 0);
  return {
    method: route.method,
    path: route.path,
    params: Object.fromEntries(names.map((name) => [name, plausible(name, random) ?? text()])),
    query: new URLSearchParams(
      random.below(2) === 0 ? "" : `${random.pick(QUERIES)}&${random.pick(QUERIES)}`,
    ),
    headers: Object.fromEntries(headers.map(([name, values]) => [name, random.pick(values)])),
    body: route.body === "stream" ? new Uint8Array(0) : body,
    ...(route.body === "stream" && { bodyStream: parts(body) }),
    context,
  };
}

function plausible(name: string, random: Random): string | undefined {
  if (random.below(3) === 0) return undefined;
  const known: Readonly<Record<string, string>> = {
    digest: DIGEST,
    version: "7",
    key: "ab12cd34",
    alias: "champion",
  };
  return known[name] ?? "churn";
}

function bodyOf(random: Random): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return new Uint8Array(0);
  if (kind === 1) return DEEP;
  const body = random.pick(BODIES);
  return kind < 5 ? body : mutate(body, random, random.pick(BODIES));
}

async function* parts(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body.subarray(0, body.length >> 1);
  yield body.subarray(body.length >> 1);
}
