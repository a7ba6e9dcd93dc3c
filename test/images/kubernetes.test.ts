import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse, parseAllDocuments, stringify } from "yaml";
import { ASKED_MODELS, answersOf } from "./answers.ts";
import { freePort, waitUntilReady } from "./container.ts";
import { build, noContainers, noNetworks } from "./engine.ts";
import { run, sirve } from "./run.ts";

interface Deployment {
  readonly spec: { readonly template: { readonly spec: { readonly containers: PodContainer[] } } };
}

interface PodContainer {
  image: string;
  readonly env: readonly { name: string; value: string }[];
  readonly ports: { containerPort: number; hostIP?: string; hostPort?: number }[];
}

const NAME = "kubernetes-test";
const IMAGE = `localhost/${NAME}:1`;
const folder = mkdtempSync(join(tmpdir(), "sirve-kubernetes-"));
const out = join(folder, "out");
const skip = await noContainers();

before(async () => {
  if (skip !== false) return;
  const what = ["package", ...ASKED_MODELS, "--from", "examples/models", "--name", NAME];
  await sirve(...what, "--image", IMAGE, "--target", "kubernetes", "--out", out);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("the Deployment, played by podman, answers under its own restrictions", {
  skip: await noNetworks(),
}, async (t) => {
  await build(join(out, "image"), IMAGE);
  t.after(async () => run(`podman rmi --force ${IMAGE}`));
  const manifest = join(folder, "deployment.yaml");
  const deployment = parse(readFileSync(join(out, "deployment.yaml"), "utf8")) as Deployment;
  const url = await published(deployment);
  writeFileSync(manifest, stringify(deployment));
  t.after(async () => run(`podman kube down ${manifest}`));
  await run(`podman kube play ${manifest}`);
  await waitUntilReady(url);
  assert.equal((await answersOf(url)).length, ASKED_MODELS.length);
  const status = await run(`podman exec ${NAME}-pod-0-sirve cat /proc/1/status`);
  assert.match(status, /^Uid:\s+65532\s+65532/m);
  assert.match(status, /^CapBnd:\s+0+$/m);
  assert.match(status, /^Seccomp:\s+2$/m);
  await assert.rejects(run(`podman exec ${NAME}-pod-0-sirve touch /opt/ml/model/x`), /Read-only|denied/i);
});

/** With the image in its place, as kustomize puts it, and ports of this machine that are free. */
async function published(deployment: Deployment): Promise<string> {
  const [container = assert.fail("no container")] = deployment.spec.template.spec.containers;
  container.image = IMAGE;
  for (const port of container.ports) {
    port.hostIP = "127.0.0.1";
    port.hostPort = Number(await freePort());
  }
  return `http://127.0.0.1:${container.ports[0]?.hostPort}`;
}

const noKubectl = (() => {
  if (skip !== false) return skip;
  try {
    execFileSync("kubectl", ["kustomize", "--help"], { stdio: "ignore" });
    return false;
  } catch {
    return "kubectl with kustomize is not on this machine, and no package registry has it";
  }
})();

test("kustomize joins the manifests, with the components too", { skip: noKubectl }, async () => {
  const plain = documentsOf(await run(`kubectl kustomize ${out}`));
  assert.equal(plain.length, 6);
  const overlay = join(folder, "overlay");
  await run(`mkdir ${overlay}`);
  const components = ["../out/components/keys", "../out/components/monitoring"];
  writeFileSync(join(overlay, "kustomization.yaml"), stringify({ resources: ["../out"], components }));
  const whole = documentsOf(await run(`kubectl kustomize ${overlay}`));
  assert.equal(whole.length, 7);
  const [container] = deploymentIn(whole).spec.template.spec.containers;
  const [before_] = deploymentIn(plain).spec.template.spec.containers;
  assert.equal(container?.image, IMAGE);
  const added = container.env.filter(({ name }) => !before_?.env.some((one) => one.name === name));
  assert.deepEqual(added, [{ name: "SIRVE_ACCESS_KEYS_FILE", value: "/etc/sirve-keys/keys.json" }]);
});

const documentsOf = (text: string) => parseAllDocuments(text).map((one) => one.toJS() as { kind: string });

const deploymentIn = (objects: readonly { kind: string }[]) =>
  objects.find(({ kind }) => kind === "Deployment") as unknown as Deployment;
