import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { runSirve } from "../kit/command-line.ts";
import { changeUntilGone, checkTold, ToldState } from "../kit/killed-changes.ts";
import { randomNumbers } from "../kit/random-numbers.ts";
import { withDataFolder } from "../kit/registry-app.ts";
import { impatient, killed, startRegistry } from "../kit/registry-process.ts";
import { startSlowLine } from "../kit/slow-line.ts";
import { until } from "../kit/until.ts";

const ROUNDS = 10;
const SEED = 20_261_126;

test("a server killed in the midst of changes comes back with one champion, every version loadable, nothing half done", async (t) => {
  await withDataFolder(async (data) => {
    const random = randomNumbers(SEED);
    const state = new ToldState();
    let changes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await startRegistry(data);
      const client = impatient(server.url);
      try {
        if (round > 0) await checkTold(client, state);
        const { answered } = state;
        const changing = changeUntilGone(client, state, random);
        // The first life may end before anything; the others have made some changes, however slow the machine is.
        if (round > 0) await until("two changes", () => state.answered >= answered + 2);
        await Promise.race([changing, new Promise((resolve) => setTimeout(resolve, 30 + random(500)))]);
        await killed(server);
        changes += await changing;
      } finally {
        await killed(server);
      }
    }
    const { code, stdout } = await runSirve(["doctor", "--data", data]);
    assert.equal(code, 0, stdout);
    assert.ok(changes > ROUNDS, `${changes} changes`);
    t.diagnostic(`${changes} changes in ${ROUNDS} lives, ${state.versions.size} versions at the end`);
  });
});

test("a file whose upload is cut by the server's end goes on where it stopped", async () => {
  await withDataFolder(async (data) => {
    const content = randomBytes(8_000_000);
    const source = { blob: new Blob([content]), digest: createHash("sha256").update(content).digest("hex") };
    const first = await startRegistry(data);
    const line = await startSlowLine(first.url, 3_000_000);
    const cut = impatient(line.url)
      .upload(source)
      .catch(() => "cut");
    await until("a part of the file", () => line.isHeld());
    await killed(first);
    assert.equal(await cut, "cut");
    await line.close();
    const second = await startRegistry(data);
    try {
      const sent: number[] = [];
      await impatient(second.url).upload(source, { progress: (bytes) => sent.push(bytes) });
      assert.equal(sent.at(-1), content.length);
      assert.ok((sent[0] ?? content.length) <= 3_000_000);
      const held = await fetch(`${second.url}/api/v1/uploads/${source.digest}`, { method: "HEAD" });
      assert.equal(held.headers.get("upload-complete"), "true");
    } finally {
      await killed(second);
    }
  });
});

test("a second server on one data directory is refused by name, and may start once the first was killed", async () => {
  await withDataFolder(async (data) => {
    const first = await startRegistry(data);
    try {
      const { code, stderr } = await runSirve([
        "serve",
        "--data",
        data,
        "--http-port",
        "0",
        "--grpc-port",
        "0",
      ]);
      assert.notEqual(code, 0);
      assert.ok(stderr.includes(data), stderr);
      assert.match(stderr, /in use by another process/);
      if (process.platform === "linux") assert.ok(stderr.includes(`(pid ${first.process.pid})`), stderr);
    } finally {
      await killed(first);
    }
    const second = await startRegistry(data);
    assert.equal(await second.stop(), 0, second.output());
  });
});
