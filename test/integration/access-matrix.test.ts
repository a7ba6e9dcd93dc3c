import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";
import { Client, credentials as grpcCredentials, Metadata } from "@grpc/grpc-js";
import { type Access, ROLES, type Role, reaches } from "../../src/model/index.ts";
import { type RunningApp, startApp } from "../../src/server/index.ts";
import { fileOf, registryConfig, withDataFolder } from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";

const MODEL = "churn";
/** Values of the names in paths: what is there, so that only access decides, or is well-formed. */
const NAMES: Readonly<Record<string, string>> = {
  model: MODEL,
  endpoint: MODEL,
  version: "1",
  alias: "other",
  key: "zzzzzzzz",
  digest: "a".repeat(64),
};

type Credential = "none" | "wrong" | "revoked" | "expired" | "elsewhere" | Role;
const CREDENTIALS: readonly Credential[] = ["none", "wrong", "revoked", "expired", "elsewhere", ...ROLES];

let app: RunningApp;
let url = "";
let grpc: Client;
const secrets = new Map<Credential, string>();
let end: () => void = () => {};
let folderEnded: Promise<void> = Promise.resolve();

before(async () => {
  const started = Promise.withResolvers<void>();
  folderEnded = withDataFolder(async (data) => {
    app = await startApp(registryConfig(data), { version: "0.0.0-test" });
    url = `http://127.0.0.1:${app.http.port}`;
    started.resolve();
    await new Promise<void>((resolve) => (end = resolve));
    await app.close();
  });
  await started.promise;
  grpc = new Client(`127.0.0.1:${app.grpc?.port}`, grpcCredentials.createInsecure());
  await addModel();
  await makeKeys();
});
after(async () => {
  grpc.close();
  end();
  await folderEnded;
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Record<string, unknown>> {
  const isBytes = body instanceof Uint8Array;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key !== undefined && { "x-api-key": key }),
      "content-type": isBytes ? "application/octet-stream" : "application/json",
    },
    ...(body !== undefined && { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function addModel(): Promise<void> {
  const { name, digest, bytes, content } = fileOf(artifact(MODEL));
  await call("PUT", `/api/v1/uploads/${digest}`, content);
  await call("POST", `/api/v1/models/${MODEL}/versions`, { files: [{ name, digest, bytes }] });
}

async function makeKeys(): Promise<void> {
  const root = await call("POST", "/api/v1/keys", { name: "root", role: "admin" });
  const admin = String(root["secret"]);
  const make = async (name: Credential, more: object) => {
    const made = await call("POST", "/api/v1/keys", { name, ...more }, admin);
    secrets.set(name, String(made["secret"]));
    return String(made["id"]);
  };
  for (const role of ROLES) await make(role, { role });
  await make("elsewhere", { role: "admin", models: ["another-*"] });
  await make("expired", { role: "admin", expiresAt: new Date(Date.now() + 50).toISOString() });
  const revoked = await make("revoked", { role: "admin" });
  await call("DELETE", `/api/v1/keys/${revoked}`, undefined, admin);
  secrets.set("wrong", `sirve_${"a".repeat(8)}_${"b".repeat(43)}`);
  await new Promise((resolve) => setTimeout(resolve, 60));
}

/** Status and headers of an answer; a stream is not read. */
async function ask(method: string, path: string, credential: Credential) {
  const secret = secrets.get(credential);
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, {
      method,
      headers: { ...(secret !== undefined && { authorization: `Bearer ${secret}` }), "content-length": "0" },
    });
    request.once("error", reject);
    request.once("response", (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      answer.destroy();
    });
    request.end();
  });
}

const KNOWN = new Set<Credential>(["elsewhere", ...ROLES]);

/** What access makes of a credential. */
function expected(
  access: Access,
  credential: Credential,
  isNamed: boolean,
): "passes" | 401 | 403 | "hidden" | "scoped" {
  if (access === "public" || access === "anyone") return "passes";
  if (!KNOWN.has(credential)) return 401;
  if (credential === "elsewhere") return isNamed ? "hidden" : "scoped";
  return reaches(credential as Role, access) ? "passes" : 403;
}

function checkVerdict(
  verdict: ReturnType<typeof expected>,
  { status, path, what }: { readonly status: number; readonly path: string; readonly what: string },
): void {
  if (verdict === "passes") assert.ok(status !== 401 && status !== 403, what);
  // What concerns every model is refused to whoever may use some.
  else if (verdict === "scoped") assert.notEqual(status, 401, what);
  else if (verdict === "hidden") assert.ok(status === 404 || status === 400, what);
  // AWS says 403 whatever is wrong with credentials.
  else assert.equal(status, path.startsWith("/endpoints") ? 403 : verdict, what);
}

describe("every route of every wire asks for what it says", () => {
  test("over HTTP", async () => {
    const { http } = app.surface;
    assert.ok(http.length > 90, `${http.length} routes`);
    for (const { method, path, access, protocol } of http) {
      const isNamed = /\{(model|endpoint)\}/.test(path);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? "x");
      // The administrator comes last: what it deletes is gone for nobody.
      for (const credential of CREDENTIALS) {
        const isDeletion = method === "DELETE" && credential === "admin";
        if (isDeletion) continue;
        const { status, headers } = await ask(method === "*" ? "POST" : method, filled, credential);
        const what = `${protocol}: ${method} ${path} as ${credential}: ${status}`;
        checkVerdict(expected(access, credential, isNamed), { status, path, what });
        if (status === 401) assert.match(String(headers["www-authenticate"]), /Bearer/, what);
      }
    }
  });

  test("over gRPC", async () => {
    const methods = app.surface.grpc;
    assert.ok(methods.length > 15, `${methods.length} methods`);
    for (const { path, access, kind } of methods) {
      for (const credential of CREDENTIALS) {
        const code = kind === "unary" ? await unary(path, credential) : await stream(path, credential);
        const verdict = expected(access, credential, false);
        const what = `${path} as ${credential}: ${code}`;
        if (verdict === 401) assert.equal(code, 16, what);
        else if (verdict === 403) assert.equal(code, 7, what);
        else assert.ok(code !== 16 && code !== 7, what);
      }
    }
  });
});

function metadataOf(credential: Credential): Metadata {
  const metadata = new Metadata();
  const secret = secrets.get(credential);
  if (secret !== undefined) metadata.set("authorization", `Bearer ${secret}`);
  return metadata;
}

const asIs = (bytes: Buffer) => bytes;

async function unary(path: string, credential: Credential): Promise<number> {
  return new Promise((resolve) => {
    grpc.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), metadataOf(credential), (error) =>
      resolve(error?.code ?? 0),
    );
  });
}

async function stream(path: string, credential: Credential): Promise<number> {
  return new Promise((resolve) => {
    const bidi = grpc.makeBidiStreamRequest(path, asIs, asIs, metadataOf(credential));
    bidi.on("error", () => {});
    bidi.on("status", ({ code }) => resolve(code));
    bidi.resume();
    bidi.end();
  });
}

test("who may use other models sees nothing of this one in any list", async () => {
  const key = secrets.get("elsewhere") ?? "";
  const lists = [
    "/api/v1/models",
    "/v2/models",
    "/v1/models",
    "/openapi.json",
    "/api/v1/statistics",
    "/v2/models/stats",
  ];
  for (const path of lists) {
    const answer = await fetch(`${url}${path}`, { headers: { "x-api-key": key } });
    assert.equal(answer.status, 200, path);
    const text = await answer.text();
    assert.ok(!text.includes(`"${MODEL}"`) && !text.includes(`/predict/${MODEL}`), path);
  }
  const index = await fetch(`${url}/v2/repository/index`, { method: "POST", headers: { "x-api-key": key } });
  assert.deepEqual(await index.json(), []);
  const predicted = await fetch(`${url}/predict/${MODEL}@champion`, {
    method: "POST",
    headers: { "x-api-key": key },
    body: "{}",
  });
  assert.equal(predicted.status, 404);
});

test("a refusal is in the form of its wire", async () => {
  const bodyOf = async (path: string) =>
    (await (await fetch(`${url}${path}`)).json()) as Record<string, unknown>;
  assert.equal((await bodyOf("/api/v1/models"))["code"], "unauthenticated");
  assert.deepEqual(Object.keys(await bodyOf("/v2/models")), ["error"]);
  assert.deepEqual(Object.keys(await bodyOf("/v1/models/churn")), ["error"]);
});
