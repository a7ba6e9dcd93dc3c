import { existsSync } from "node:fs";
import { needs } from "../kit/require.ts";
import { run } from "./run.ts";

/** The public base image of the Dockerfile, and its stand-in where no registry can be reached. */
export const BASE = "docker.io/library/node:26.10.0-bookworm-slim";

const mustRun = (process.env["SIRVE_TEST_REQUIRE"] ?? "").split(",").includes("all");
/** What the kernel or the machine around refuses to a container, whatever is installed. */
const NO_PRIVILEGES =
  /operation not permitted|permission denied|cannot clone|must be superuser|no space left|netavark|iptables/i;

let answer: Promise<string | false> | undefined;

/**
 * For the `skip` option of a test: false where containers run here, else the reason.
 *
 * Under `SIRVE_TEST_REQUIRE=all` it installs what is missing, and only a machine that refuses containers is a reason.
 */
export async function noContainers(): Promise<string | false> {
  answer ??= prepare();
  return answer;
}

async function prepare(): Promise<string | false> {
  const unbuilt = needs("build");
  if (unbuilt !== false) return unbuilt;
  if (process.getuid?.() !== 0) return "containers are tried as root only";
  const isThere = existsSync("/usr/bin/podman") && existsSync("/usr/bin/mmdebstrap");
  if (!mustRun && !isThere) return "podman is missing: run test/images/install.sh";
  try {
    await run("bash test/images/install.sh");
    await run(`bash test/images/base-image.sh ${BASE}`);
  } catch (thrown) {
    return `what containers need cannot be installed on this machine: ${String(thrown)}`;
  }
  return tryOne("--network host");
}

/** As {@link noContainers}, for containers with a network of their own. */
export async function noNetworks(): Promise<string | false> {
  return (await noContainers()) || tryOne("--network podman");
}

async function tryOne(network: string): Promise<string | false> {
  try {
    await run(`podman run --rm ${network} --cap-drop all ${BASE} node --version`);
    return false;
  } catch (thrown) {
    const text = String(thrown);
    if (!NO_PRIVILEGES.test(text)) throw thrown;
    const line = text.split("\n").find((one) => NO_PRIVILEGES.test(one));
    return `containers with ${network} cannot run on this machine: ${line}`;
  }
}

/** Builds a context without a daemon and without a network of its own. */
export async function build(context: string, image: string): Promise<void> {
  const how = "--isolation chroot --pull-never --network host --format docker";
  await run(`buildah bud ${how} --tag ${image} ${context}`);
}
