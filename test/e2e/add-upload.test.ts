import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { collect, runSirve, startSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";
import { startSlowLine } from "../kit/slow-line.ts";
import { until } from "../kit/until.ts";

const MIB = 1024 * 1024;
/** Large enough that what sockets hold on the way is little beside it. */
const SIZE = 48 * MIB;
const folder = mkdtempSync(join(tmpdir(), "sirve-upload-"));
const version = join(folder, "churn");
let server: TestServer;

before(async () => {
  mkdirSync(version);
  copyFileSync("examples/models/churn/1/model.onnx", join(version, "model.onnx"));
  copyFileSync("examples/models/churn/model.json", join(version, "model.json"));
  writeFileSync(join(version, "large.bin"), randomBytes(SIZE));
  server = await startServer({ models: `--data=${join(folder, "data")}`, args: ["--log-level", "warn"] });
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("Ctrl-C in the midst of an upload ends it, and the same command goes on where it stopped", async () => {
  const line = await startSlowLine(server.url, SIZE / 2);
  try {
    const add = ["add", version, "--name", "churn", "--no-git", "--url", line.url];
    const child = startSirve(add);
    const first = collect(child);
    await until("half of the file to be sent", () => line.isHeld());
    child.kill("SIGINT");
    const { code, stdout, stderr } = await first;
    assert.equal(code, 130, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: the upload was stopped\nhint: .*the same command goes on/m);
    assert.equal((await runSirve(["models", "list", "--url", server.url])).stdout.trim(), "no models");

    line.letGo();
    await until("the lost connection to be seen", () => line.isIdle());
    const sentBefore = line.carried();
    assert.ok(sentBefore < SIZE, `${sentBefore} bytes`);
    const again = await runSirve(add);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^✓ loads[\s\S]*churn version 1 added$/m);
    const sentAgain = line.carried() - sentBefore;
    // Beside the file there are heads and two small files; what got lost in sockets is sent twice.
    assert.ok(sentAgain < SIZE - sentBefore + 4 * MIB, `${sentBefore} bytes, then ${sentAgain}`);
    assert.ok(sentAgain > SIZE - sentBefore, `${sentBefore} bytes, then ${sentAgain}`);

    const third = await runSirve(add);
    assert.match(third.stdout, /was there already/);
    assert.ok(line.carried() - sentBefore - sentAgain < MIB);
  } finally {
    await line.close();
  }
});
