import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { type ErrorCode, PlatformError, systemClock } from "../base/index.ts";
import { openDatabase } from "../database/index.ts";
import { ANYONE } from "../model/index.ts";
import { silentLogger } from "../telemetry/index.ts";
import { type Access, type AccessOptions, createAccess } from "./access.ts";
import { addKeyToFile } from "./add-key-to-file.ts";
import type { KeySpec, ShownKey } from "./key-records.ts";
import { hashOf, newSecret } from "./secret.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-access-"));
after(() => rmSync(folder, { recursive: true }));

const SETTINGS = {
  keysFile: "",
  anonymousRole: "none",
  jwtIssuer: "",
  jwtAudience: "",
  jwtJwksUrl: "",
  jwtRoleClaim: "role",
  jwtModelsClaim: "models",
  oidcClientId: "",
  oidcClientSecretFile: "",
  oidcScopes: [],
  certificateRoles: [],
  pollMs: 1000,
  sessionSecretFile: "",
  sessionHours: 12,
  clock: systemClock,
  logger: silentLogger,
} as const satisfies AccessOptions;

const actor = { id: "", requestId: "r1" };
const admin = { name: "me", role: "admin", models: ["*"] } as const;
let files = 0;

async function withRecords(
  use: (access: Access, open: () => Promise<Access>) => Promise<void>,
  more: Partial<AccessOptions> = {},
) {
  files += 1;
  const database = await openDatabase({ file: join(folder, `${files}.db`) });
  const open = async () => createAccess({ ...SETTINGS, database, ...more });
  const access = await open();
  try {
    await use(access, open);
  } finally {
    await access.close();
    await database.close();
  }
}

/** A key that was made. */
async function make(access: Access, spec: KeySpec): Promise<ShownKey & { readonly secret: string }> {
  assert.ok(access.keys);
  return await access.keys.create(spec, actor);
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const ask = async (access: Access, headers: Record<string, string>, peer = {}) =>
  access.authenticate(headers, peer);
const refused = async (work: () => Promise<unknown>, code: ErrorCode) =>
  assert.rejects(work, (thrown) => thrown instanceof PlatformError && thrown.code === code);

test("a server without keys, tokens and certificates asks nobody; the first key closes the door", async () => {
  await withRecords(async (access) => {
    assert.equal(access.isOpen, true);
    assert.equal(await ask(access, {}), ANYONE);
    await refused(
      async () => access.keys?.create({ ...admin, role: "viewer" }, actor),
      "failed_precondition",
    );
    const key = await make(access, admin);
    assert.equal(access.isOpen, false);
    await refused(async () => ask(access, {}), "unauthenticated");
    assert.match(key.secret, /^sirve_[a-z0-9]{8}_[\w-]{43}$/);
    const caller = await ask(access, bearer(key.secret));
    assert.deepEqual([caller.id, caller.role, caller.mayUse("any")], [`key:${key.id}`, "admin", true]);
    assert.equal(await ask(access, { "x-api-key": key.secret }), caller);
  });
});

test("a key that is wrong, revoked, expired or malformed is refused in the same words", async () => {
  const clock = new ManualClock();
  await withRecords(
    async (access) => {
      const root = await make(access, admin);
      const expiresAt = new Date(performance.timeOrigin + clock.now() + 1000).toISOString();
      const short = await make(access, { ...admin, name: "short", expiresAt });
      const gone = await make(access, { ...admin, name: "gone" });
      await ask(access, bearer(short.secret));
      clock.advance(1001);
      await access.keys?.revoke(gone.id, actor);
      const words = new Set<string>();
      for (const secret of [
        short.secret,
        gone.secret,
        newSecret(root.id).secret,
        newSecret().secret,
        "sirve_x",
        "a.b.c",
        "\u007e".repeat(16_000),
      ]) {
        await assert.rejects(ask(access, bearer(secret)), (thrown) => {
          words.add(String(thrown));
          return thrown instanceof PlatformError && thrown.code === "unauthenticated";
        });
      }
      assert.equal(words.size, 1);
    },
    { clock },
  );
});

test("malformed headers, and two different credentials, are refused", async () => {
  await withRecords(async (access) => {
    const { secret } = await make(access, admin);
    for (const headers of [
      { authorization: `Basic ${secret}` },
      { authorization: "Bearer" },
      { authorization: `Bearer ${secret}, Bearer ${secret}` },
      { "x-api-key": `${secret} ` },
      { authorization: `Bearer ${secret}`, "x-api-key": newSecret().secret },
      { authorization: `Bearer ${"a".repeat(20_000)}` },
    ]) {
      await refused(async () => ask(access, headers), "unauthenticated");
    }
    assert.ok(await ask(access, { authorization: `bearer ${secret}`, "x-api-key": secret }));
  });
});

test("a rotated key works beside the new one for the time that was said", async () => {
  const clock = new ManualClock();
  await withRecords(
    async (access) => {
      const old = await make(access, admin);
      const next = await access.keys?.rotate(old.id, 60, actor);
      assert.equal(next?.id, old.id);
      await ask(access, bearer(old.secret));
      await ask(access, bearer(next?.secret ?? ""));
      clock.advance(60_001);
      await refused(async () => ask(access, bearer(old.secret)), "unauthenticated");
      await ask(access, bearer(next?.secret ?? ""));
    },
    { clock },
  );
});

test("another server on the same records knows a key, and its revocation, within a look", async () => {
  const clock = new ManualClock();
  await withRecords(
    async (access, open) => {
      const other = await open();
      const { secret, id } = await make(access, admin);
      assert.equal(other.isOpen, true);
      await lookOver(clock);
      await ask(other, bearer(secret));
      await access.keys?.revoke(id, actor);
      await lookOver(clock);
      await refused(async () => ask(other, bearer(secret)), "unauthenticated");
      assert.equal(other.isOpen, false);
      await other.close();
    },
    { clock },
  );
});

/** Lets every access look for changes, and its reading come to an end. */
async function lookOver(clock: ManualClock): Promise<void> {
  clock.advance(1000);
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("what a key used is kept when the server ends, and counts for the next one", async () => {
  await withRecords(async (access, open) => {
    const { secret } = await make(access, { ...admin, requestsPerDay: 3 });
    const { secret: root } = await make(access, admin);
    await ask(access, bearer(root));
    for (let i = 0; i < 3; i++) await ask(access, bearer(secret));
    await refused(async () => ask(access, bearer(secret)), "resource_exhausted");
    await access.close();
    const next = await open();
    await refused(async () => ask(next, bearer(secret)), "resource_exhausted");
    const [first] = (await next.keys?.list()) ?? [];
    assert.equal(first?.requestsToday, 3);
    assert.ok(first?.lastUsedAt);
    await next.close();
  });
});

test("who signs out is out on every server of the records, and after a restart", async () => {
  const clock = new ManualClock();
  const sessionSecretFile = join(folder, "session-secret");
  writeFileSync(sessionSecretFile, "s".repeat(40));
  const again = async (open: () => Promise<Access>, headers: Readonly<Record<string, string>>) => {
    const next = await open();
    await assert.rejects(async () => next.authenticate(headers, {}, "GET"));
    await next.close();
  };
  await withRecords(
    async (first, open) => {
      const { secret } = await make(first, admin);
      const second = await open();
      const [gone, kept] = [
        await first.signIns.start(secret, actor),
        await first.signIns.start(secret, actor),
      ];
      const headersOf = ({ session }: typeof gone) => ({ cookie: `sirve_session=${session.cookie}` });
      await second.authenticate(headersOf(gone), {}, "GET");
      await first.signIns.end(headersOf(gone), actor);
      await lookOver(clock);
      for (const server of [first, second]) {
        assert.throws(() => server.authenticate(headersOf(gone), {}, "GET"));
        assert.equal((await server.authenticate(headersOf(kept), {}, "GET")).role, "admin");
      }
      await second.close();
      await again(open, headersOf(gone));
    },
    { clock, sessionSecretFile },
  );
});

test("models are patterns, and a key keeps to them", async () => {
  await withRecords(async (access) => {
    await access.keys?.create(admin, actor);
    const spec = { name: "app", role: "predictor", models: ["churn*", "spam"] } as const;
    const { secret } = await make(access, spec);
    const caller = await ask(access, bearer(secret));
    assert.deepEqual(
      ["churn", "churn-2", "spam", "spam-2"].map((name) => caller.mayUse(name)),
      [true, true, true, false],
    );
  });
});

test("keys of a file are taken by their hashes, and followed when the file changes", async () => {
  const clock = new ManualClock();
  const path = join(folder, "keys.json");
  const write = (...keys: readonly object[]) =>
    writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
  const [first, second] = [newSecret(), newSecret()];
  const entry = ({ id, secret }: typeof first) => ({
    id,
    name: id,
    hash: hashOf(secret),
    role: "predictor",
    models: ["*"],
  });
  write(entry(first));
  const access = await createAccess({ ...SETTINGS, keysFile: path, clock });
  assert.equal(access.isOpen, false);
  assert.equal(access.keys, undefined);
  assert.equal((await ask(access, bearer(first.secret))).role, "predictor");
  write(entry(second), entry(first));
  await lookOver(clock);
  await ask(access, bearer(second.secret));
  writeFileSync(path, "{");
  await lookOver(clock);
  await ask(access, bearer(second.secret));
  await access.close();
  await refused(async () => createAccess({ ...SETTINGS, keysFile: path, clock }), "failed_precondition");
  write(entry(first));
  chmodSync(path, 0o666);
  await refused(async () => createAccess({ ...SETTINGS, keysFile: path, clock }), "failed_precondition");
});

test("what is no file of keys, or too large for one, is refused and not waited for", async () => {
  const pipe = join(folder, "pipe");
  assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
  const large = join(folder, "large.json");
  writeFileSync(large, "", { mode: 0o600 });
  truncateSync(large, 2 ** 32);
  for (const keysFile of [pipe, large, folder, join(folder, "none")]) {
    await refused(async () => createAccess({ ...SETTINGS, keysFile }), "failed_precondition");
  }
});

test("a key that is added to a file is taken from it, and the file is for its owner alone", async () => {
  const path = join(folder, "made.json");
  const first = addKeyToFile(path, { name: "a", role: "predictor", models: ["*"] });
  const second = addKeyToFile(path, { name: "b", role: "admin", models: ["*"] });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const access = await createAccess({ ...SETTINGS, keysFile: path });
  assert.equal((await ask(access, bearer(first.secret))).role, "predictor");
  assert.equal((await ask(access, bearer(second.secret))).role, "admin");
  await access.close();
});

test("a certificate has the role that its name is given; others have none, or the anonymous one", async () => {
  const certificateRoles = ["billing=predictor", "ops=admin"];
  const access = await createAccess({ ...SETTINGS, certificateRoles });
  assert.equal(access.isOpen, false);
  const caller = await ask(access, {}, { certificateName: "billing" });
  assert.deepEqual([caller.id, caller.role], ["certificate:billing", "predictor"]);
  await refused(async () => ask(access, {}, { certificateName: "stranger" }), "unauthenticated");
  await refused(async () => ask(access, {}), "unauthenticated");
  const lenient = await createAccess({ ...SETTINGS, certificateRoles, anonymousRole: "viewer" });
  assert.equal((await ask(lenient, {})).role, "viewer");
  await refused(
    async () => createAccess({ ...SETTINGS, certificateRoles: ["billing=boss"] }),
    "invalid_argument",
  );
  await access.close();
  await lenient.close();
});
