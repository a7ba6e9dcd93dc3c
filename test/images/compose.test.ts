import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse, stringify } from "yaml";
import { ASKED_MODELS, answersOf } from "./answers.ts";
import { freePort, waitUntilReady } from "./container.ts";
import { build, noNetworks } from "./engine.ts";
import { run, sirve } from "./run.ts";

interface ComposeFile {
  readonly services: Record<string, { image: string; ports: string[] }>;
}

const NAME = "compose-test";
const folder = mkdtempSync(join(tmpdir(), "sirve-compose-"));
const skip = await noNetworks();
after(() => rmSync(folder, { recursive: true, force: true }));

test("compose.yaml, brought up, answers on loopback what the models answer, read-only and without capabilities", {
  skip,
}, async (t) => {
  const out = join(folder, NAME);
  await sirve(
    "package",
    ...ASKED_MODELS,
    "--from",
    "examples/models",
    "--name",
    NAME,
    "--target",
    "compose",
    "--out",
    out,
  );
  const { image, url } = await onFreePorts(join(out, "compose.yaml"));
  await build(join(out, "image"), `localhost/${image}`);
  t.after(async () => run(`podman rmi --force localhost/${image}`));
  const compose = `podman-compose --file ${join(out, "compose.yaml")}`;
  t.after(async () => {
    await run(`${compose} down`);
    await run(`podman network rm --force ${NAME}_default`);
  });
  await run(`${compose} up --no-build --detach`);
  await waitUntilReady(url);
  assert.equal((await answersOf(url)).length, ASKED_MODELS.length);
  const what = "{{.HostConfig.ReadonlyRootfs}} {{.EffectiveCaps}} {{.Config.User}}";
  assert.equal(await run(`podman inspect ${NAME}_${NAME}_1 --format`, [what]), "true [] 65532:65532");
});

/** The file's own ports may be taken on this machine. */
async function onFreePorts(path: string): Promise<{ image: string; url: string }> {
  const file = parse(readFileSync(path, "utf8")) as ComposeFile;
  const service = file.services[NAME] ?? assert.fail("no service");
  const [http, grpc] = [await freePort(), await freePort()];
  assert.deepEqual(service.ports, ["127.0.0.1:8080:8080", "127.0.0.1:9000:9000"]);
  service.ports = [`127.0.0.1:${http}:8080`, `127.0.0.1:${grpc}:9000`];
  writeFileSync(path, stringify(file));
  return { image: service.image, url: `http://127.0.0.1:${http}` };
}
