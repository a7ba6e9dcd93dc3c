import { mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { HEALTH_CHECK, HEALTH_FILE } from "../health-check.ts";
import {
  COMMAND,
  ENTRYPOINT,
  imageEnvironment,
  imageLabels,
  MODELS_FOLDER,
  PROGRAM_FOLDER,
} from "../image-config.ts";
import { modelTree } from "../packaged-model.ts";
import { GRPC_PORT, HTTP_PORT, type PackagePlan, USER_ID } from "../plan.ts";
import { OCI_ARCHITECTURE } from "../platform.ts";
import { diskFile, FIXED_TIME, type Tree, textFile, under } from "../tree.ts";
import { type BaseImage, readBase } from "./base-archive.ts";
import { type Blob, type Layer, writeArchive, writeJsonBlob, writeLayer } from "./blobs.ts";
import { ownRoot } from "./own-root.ts";

const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

/**
 * `--target oci`: an image as one archive, written without an engine. The same input makes the same bytes.
 *
 * @returns the digest of its manifest, by which registries know it.
 * @see OCI image specification 1.1: image-layout.md, config.md.
 */
export async function writeOciArchive(path: string, plan: PackagePlan, base?: string): Promise<string> {
  const target = resolve(path);
  const work = await mkdtemp(join(dirname(target), ".sirve-oci-"));
  try {
    const ground =
      base === undefined ? await ownBase(work, plan) : await readBase(base, work, plan.architecture);
    const layers = [...ground.layers, ...(await ownLayers(work, plan))];
    const config = await writeJsonBlob(work, CONFIG_TYPE, configOf(plan, ground, layers));
    const manifest = await writeJsonBlob(work, MANIFEST_TYPE, {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: described(config),
      layers: layers.map(described),
      annotations: imageLabels(plan),
    });
    const part = join(work, "archive.tar");
    await writeArchive(part, layout(plan, manifest, { config, layers }));
    await rename(part, target);
    return `sha256:${manifest.sha256}`;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function ownBase(work: string, { program, architecture }: PackagePlan): Promise<BaseImage> {
  const layer = await writeLayer(work, "1. base operating system", ownRoot(program, architecture));
  return { layers: [layer], environment: ["PATH=/usr/local/bin"] };
}

/** What changes seldom comes first: pushed once, pulled once. */
async function ownLayers(work: string, { program, models }: PackagePlan): Promise<Layer[]> {
  const home = PROGRAM_FOLDER.slice(1);
  const check = textFile(HEALTH_FILE, HEALTH_CHECK);
  const served = modelTree(models).map((file) => ({
    ...file,
    path: `${MODELS_FOLDER.slice(1)}${file.path.slice("models".length)}`,
  }));
  return [
    await writeLayer(work, "2. dependencies", under(home, program.dependencies)),
    await writeLayer(work, "4. code", under(home, [...program.own, check])),
    await writeLayer(work, "4. models", served),
  ];
}

const described = ({ mediaType, sha256, size }: Blob) => ({ mediaType, digest: `sha256:${sha256}`, size });

const CREATED = new Date(FIXED_TIME * 1000).toISOString();

function configOf(plan: PackagePlan, base: BaseImage, layers: readonly Layer[]): object {
  const mine = Object.entries(imageEnvironment(plan)).map(([name, value]) => `${name}=${value}`);
  return {
    created: CREATED,
    architecture: OCI_ARCHITECTURE[plan.architecture],
    os: "linux",
    config: {
      User: `${USER_ID}:${USER_ID}`,
      ExposedPorts: { [`${HTTP_PORT}/tcp`]: {}, [`${GRPC_PORT}/tcp`]: {} },
      Env: [...base.environment, ...mine],
      Entrypoint: ENTRYPOINT,
      Cmd: COMMAND,
      WorkingDir: "/",
      StopSignal: "SIGTERM",
      Labels: imageLabels(plan),
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ created: CREATED, created_by: createdBy })),
  };
}

/** The OCI layout, and beside it the list that `docker load` of before OCI reads. */
function layout(
  plan: PackagePlan,
  manifest: Blob,
  { config, layers }: { config: Blob; layers: readonly Layer[] },
): Tree {
  const reference = `${plan.name}:${plan.tag}`;
  const index = {
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [
      {
        ...described(manifest),
        platform: { architecture: OCI_ARCHITECTURE[plan.architecture], os: "linux" },
        annotations: {
          "org.opencontainers.image.ref.name": plan.tag,
          "io.containerd.image.name": `docker.io/library/${reference}`,
        },
      },
    ],
  };
  const place = ({ sha256 }: Blob) => `blobs/sha256/${sha256}`;
  const list = [{ Config: place(config), RepoTags: [reference], Layers: layers.map(place) }];
  const blobs = new Map([manifest, config, ...layers].map((blob) => [place(blob), blob.path]));
  return [
    textFile("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
    textFile("index.json", JSON.stringify(index)),
    textFile("manifest.json", JSON.stringify(list)),
    ...[...blobs].map(([name, from]) => diskFile(name, from)),
  ];
}
