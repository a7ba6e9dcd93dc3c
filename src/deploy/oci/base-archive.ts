import { readFile } from "node:fs/promises";
import { z } from "zod";
import { PlatformError } from "../../base/index.ts";
import { type Architecture, OCI_ARCHITECTURE } from "../platform.ts";
import type { Layer } from "./blobs.ts";
import { type Unpacked, unpackArchive } from "./unpack-archive.ts";

/** An image to build on. */
export interface BaseImage {
  readonly layers: readonly Layer[];
  /** "NAME=value" */
  readonly environment: readonly string[];
}

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const indexSchema = z.object({ manifests: z.array(descriptor).min(1) });
const manifestSchema = z.object({ config: descriptor, layers: z.array(descriptor) });
const dockerSchema = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).min(1);
const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({ Env: z.array(z.string()).nullish() }).nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
});

/** Depth of indexes that name indexes. */
const MAX_DEPTH = 4;

/**
 * Reads an image out of an archive in the OCI layout, or as `docker save` writes it, into `work`. Every byte is
 * compared with the digest that names it.
 *
 * @throws PlatformError `invalid_argument` if it is none, is damaged, or is for another platform.
 */
export async function readBase(path: string, work: string, architecture: Architecture): Promise<BaseImage> {
  const files = await unpackArchive(path, work);
  const { config, layers } = files.has("index.json")
    ? await readOci(files, architecture)
    : await readDocker(files);
  if (config.os !== "linux" || config.architecture !== OCI_ARCHITECTURE[architecture]) {
    const got = `${config.os}/${config.architecture}`;
    throw refused("the base image is for another platform", got, `linux/${OCI_ARCHITECTURE[architecture]}`);
  }
  return { layers, environment: config.config?.Env ?? [] };
}

interface Found {
  readonly config: z.infer<typeof configSchema>;
  readonly layers: readonly Layer[];
}

async function readOci(files: Unpacked, architecture: Architecture): Promise<Found> {
  let list = indexSchema.safeParse(await json(files, "index.json"));
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (!list.success) throw refused("the base image has no index", "", "an OCI image layout");
    const { manifests } = list.data;
    const fits = manifests.find(({ platform }) => platform?.architecture === OCI_ARCHITECTURE[architecture]);
    const chosen = fits ?? manifests[0];
    const text = await json(files, blobName(chosen?.digest ?? ""), chosen?.digest);
    const manifest = manifestSchema.safeParse(text);
    if (manifest.success) return ociImage(files, manifest.data);
    list = indexSchema.safeParse(text);
  }
  throw refused("the base image has too many indexes in one another", "", `at most ${MAX_DEPTH}`);
}

async function ociImage(files: Unpacked, manifest: z.infer<typeof manifestSchema>): Promise<Found> {
  const name = blobName(manifest.config.digest);
  const config = await readConfig(files, name, manifest.layers.length, manifest.config.digest);
  const layers = manifest.layers.map(({ mediaType, digest }, at) =>
    layerOf(files, blobName(digest), {
      mediaType: ociType(mediaType),
      digest,
      diffId: config.rootfs.diff_ids[at],
    }),
  );
  return { config, layers };
}

async function readDocker(files: Unpacked): Promise<Found> {
  const list = dockerSchema.safeParse(await json(files, "manifest.json"));
  const [image] = list.success ? list.data : [];
  if (image === undefined) throw refused("the base image has no manifest", "", "an OCI or docker archive");
  const config = await readConfig(files, image.Config, image.Layers.length);
  const mediaType = "application/vnd.oci.image.layer.v1.tar";
  const layers = image.Layers.map((name, at) => {
    const diffId = config.rootfs.diff_ids[at];
    return layerOf(files, name, { mediaType, digest: diffId, diffId });
  });
  return { config, layers };
}

/** Docker's names of the same formats. */
function ociType(mediaType: string): string {
  const [, compression] = /(?:tar\.?|layer\.v1\.tar\+?)(gzip|zstd)?$/.exec(mediaType) ?? [];
  const plain = "application/vnd.oci.image.layer.v1.tar";
  return compression === undefined ? plain : `${plain}+${compression}`;
}

function layerOf(
  files: Unpacked,
  name: string,
  {
    mediaType,
    digest,
    diffId,
  }: { mediaType: string; digest: string | undefined; diffId: string | undefined },
): Layer {
  const file = files.get(name);
  if (file === undefined || diffId === undefined) {
    throw refused("the base image lacks a layer", name, "a file of the archive");
  }
  if (digest !== `sha256:${file.sha256}`) {
    throw refused("a layer of the base image is damaged", `sha256:${file.sha256}`, digest ?? "");
  }
  return { ...file, mediaType, diffId, createdBy: "1. base operating system" };
}

async function readConfig(files: Unpacked, name: string, layers: number, digest?: string) {
  const config = configSchema.safeParse(await json(files, name, digest));
  if (!config.success) throw refused("the base image has no configuration", name, "an image configuration");
  const count = config.data.rootfs.diff_ids.length;
  if (count !== layers) throw refused("the base image is damaged", `${layers} layers`, `${count}`);
  return config.data;
}

const MAX_JSON = 16 * 1024 * 1024;

async function json(files: Unpacked, name: string, digest?: string): Promise<unknown> {
  const file = files.get(name);
  if (file === undefined || file.size > MAX_JSON) {
    throw refused(`the base image has no ${name}`, `${file?.size ?? 0} bytes`, "JSON");
  }
  if (digest !== undefined && digest !== `sha256:${file.sha256}`) {
    throw refused(`${name} of the base image is damaged`, `sha256:${file.sha256}`, digest);
  }
  try {
    return JSON.parse(await readFile(file.path, "utf8"));
  } catch (cause) {
    throw refused(`${name} of the base image is no JSON`, String(cause), "JSON");
  }
}

const blobName = (digest: string) => `blobs/${digest.replace(":", "/")}`;

function refused(message: string, got: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", message, {
    field: "--base",
    got: got.slice(0, 200),
    expected,
    hint: "skopeo copy docker://IMAGE oci-archive:FILE writes one; podman save and docker save do too",
  });
}
