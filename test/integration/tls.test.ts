import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { Client, credentials } from "@grpc/grpc-js";
import { systemClock } from "../../src/base/index.ts";
import { configSchema } from "../../src/config/index.ts";
import { TlsFiles } from "../../src/server/tls.ts";
import { silentLogger } from "../../src/telemetry/index.ts";
import { withApp } from "../kit/app.ts";
import { type CertificateFiles, hasOpenssl, selfSigned, signedBy } from "../kit/certificates.ts";
import { createServedFolder } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const skip = hasOpenssl() ? false : "openssl is missing, which makes the certificates";
const folder = mkdtempSync(join(tmpdir(), "sirve-tls-"));
const models = createServedFolder("identity-fp32");
let own: CertificateFiles;
let authority: CertificateFiles;
let billing: CertificateFiles;
let stranger: CertificateFiles;

before(() => {
  if (skip) return;
  own = selfSigned(folder, "server");
  authority = selfSigned(folder, "authority");
  billing = signedBy(authority, folder, "billing");
  stranger = selfSigned(folder, "stranger");
});
after(() => {
  rmSync(folder, { recursive: true });
  models.delete();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(port: number, path: string, client?: CertificateFiles, agent?: Agent): Promise<Answer> {
  const identity = client && { cert: readFileSync(client.cert), key: readFileSync(client.key) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, ca: readFileSync(own.cert), agent, ...identity },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.once("error", reject).end();
  });
}

const withTls = (use: Parameters<typeof withApp>[1], more: Parameters<typeof withApp>[2] = {}) =>
  withApp(models.path, use, { "tls.certFile": own.cert, "tls.keyFile": own.key, ...more });

test("REST and gRPC are served with the certificate, and nothing without", { skip }, async () => {
  await withTls(async ({ port, app }) => {
    assert.equal((await ask(port, "/v2/health/ready")).status, 200);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/v2/health/ready`));
    // The client refuses to name an address of numbers to its peer.
    const target = `localhost:${app.grpc?.port}`;
    const client = new Client(target, credentials.createSsl(readFileSync(own.cert)));
    const code = await new Promise((resolve) => {
      const bytes = (buffer: Buffer) => buffer;
      client.makeUnaryRequest(
        "/inference.GRPCInferenceService/ServerLive",
        bytes,
        bytes,
        Buffer.alloc(0),
        (error) => resolve(error?.code ?? 0),
      );
    });
    client.close();
    assert.equal(code, 0);
  });
});

test("browsers are told to use nothing but TLS for the server's name, unless they are not to be", {
  skip,
}, async () => {
  const told = async (port: number) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          servername: "localhost",
          port,
          path: "/",
          ca: readFileSync(own.cert),
          headers: { host: "models.example" },
        },
        (answer) => resolve(answer.resume().headers["strict-transport-security"]),
      );
      sent.once("error", reject).end();
    });
  const named = { "http.allowedHosts": ["models.example"] };
  await withTls(async ({ port }) => assert.equal(await told(port), "max-age=31536000"), named);
  const silent = { ...named, "http.hstsSeconds": 0 };
  await withTls(async ({ port }) => assert.equal(await told(port), undefined), silent);
  await withApp(
    models.path,
    async ({ port }) => {
      const reply = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(reply.headers.get("strict-transport-security"), null);
    },
    named,
  );
});

test("versions before 1.2 are refused", { skip }, async () => {
  await withTls(async ({ port }) => {
    const failed = await new Promise<boolean>((resolve) => {
      const socket: TLSSocket = connect({
        port,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        maxVersion: "TLSv1.1",
        minVersion: "TLSv1",
      });
      socket.once("secureConnect", () => resolve(false)).once("error", () => resolve(true));
    });
    assert.equal(failed, true);
  });
});

test("a client's certificate gives the role of its name, and a stranger's none", { skip }, async () => {
  const settings = { "tls.clientCaFile": authority.cert, "access.certificateRoles": ["billing=predictor"] };
  await withTls(async ({ port }) => {
    const me = await ask(port, "/api/v1/me", billing);
    assert.equal(me.status, 200, me.text);
    assert.deepEqual(JSON.parse(me.text), { id: "certificate:billing", role: "predictor", models: ["*"] });
    assert.equal((await ask(port, "/api/v1/me")).status, 401);
    assert.equal((await ask(port, "/api/v1/me", stranger)).status, 401);
    assert.equal((await ask(port, "/api/v1/keys", billing)).status, 403);
  }, settings);
  await withTls(
    async ({ port }) => {
      assert.equal((await ask(port, "/api/v1/me", billing)).status, 200);
      await assert.rejects(ask(port, "/api/v1/me"));
      await assert.rejects(ask(port, "/api/v1/me", stranger));
    },
    { ...settings, "tls.requireClientCert": true, waits: true },
  );
});

test("a new pair is taken without breaking connections; one that does not work is not", { skip }, () => {
  const live = { cert: join(folder, "live.pem"), key: join(folder, "live.key") };
  const put = (pair: CertificateFiles) => {
    copyFileSync(pair.cert, live.cert);
    copyFileSync(pair.key, live.key);
  };
  put(own);
  const told: unknown[] = [];
  const settings = configSchema.parse({ tls: { certFile: live.cert, keyFile: live.key } }).tls;
  const files = new TlsFiles(settings, systemClock, silentLogger, 60_000);
  files.follow({ setSecureContext: ({ cert }) => told.push(String(cert)) });
  files.reload();
  assert.equal(told.length, 0);
  put(stranger);
  files.reload();
  assert.deepEqual(told, [readFileSync(stranger.cert, "utf8")]);
  writeFileSync(live.key, "this is no key");
  files.reload();
  assert.equal(told.length, 1);
  files.close();
});

/** The common name of the certificate that a new connection is shown. */
async function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    socket.once("error", reject).once("secureConnect", () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

test("new connections are shown the new certificate, and one that is open goes on", { skip }, async () => {
  const live = { cert: join(folder, "kept.pem"), key: join(folder, "kept.key") };
  copyFileSync(own.cert, live.cert);
  copyFileSync(own.key, live.key);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  agent.on("free", (socket) => sockets.add(socket));
  await withApp(
    models.path,
    async ({ port }) => {
      assert.equal((await ask(port, "/v2", undefined, agent)).status, 200);
      assert.equal(await shownName(port), "server");
      copyFileSync(stranger.key, live.key);
      copyFileSync(stranger.cert, live.cert);
      await until("the new certificate", async () => (await shownName(port)) === "stranger");
      assert.equal((await ask(port, "/v2", undefined, agent)).status, 200);
      assert.equal(sockets.size, 1);
    },
    { "tls.certFile": live.cert, "tls.keyFile": live.key },
  );
  agent.destroy();
});

test("a certificate without a key, and files that are none, are refused by name", async () => {
  const refused = async (flags: Parameters<typeof withApp>[2], field: string) =>
    assert.rejects(
      withApp(models.path, async () => {}, flags),
      (thrown: { details?: { field?: string } }) => {
        assert.equal(thrown.details?.field, field);
        return true;
      },
    );
  await refused({ "tls.certFile": "/nowhere.pem" }, "tls.keyFile");
  await refused({ "tls.certFile": "/nowhere.pem", "tls.keyFile": "/nowhere.key" }, "tls.certFile");
});
