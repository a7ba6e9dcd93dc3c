import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Artifact } from "../contract.ts";
import type { ProbeFound } from "./probe-child.ts";

/** Raised whenever probes find other things than before. */
const PROBE_VERSION = 3;

const foundSchema = z.strictObject({
  rows: z.enum(["independent", "none"]),
  rowsReason: z.string(),
  shapesHold: z.boolean(),
  isSlow: z.boolean(),
  peakRssBytes: z.number().min(0),
});

/**
 * What probes found, on disk, so that an artifact is tried once per engine and CPU. Only artifacts
 * that load are remembered: why one does not may be mended outside its file, such as a missing
 * locale. A cache that cannot be read or written costs time and nothing else.
 */
export class ProbeCache {
  readonly #folder: string | undefined;
  readonly #engine: string;

  /** Kept in `probes/` under `cacheDir`; nowhere without it. */
  constructor(cacheDir: string | undefined, engine: string) {
    this.#folder = cacheDir === undefined ? undefined : join(cacheDir, "probes");
    this.#engine = engine;
  }

  async read(artifact: Artifact): Promise<ProbeFound | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      const text = await readFile(this.#path(this.#folder, artifact), "utf8");
      return foundSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  async write(artifact: Artifact, found: ProbeFound): Promise<void> {
    if (this.#folder === undefined) return;
    const path = this.#path(this.#folder, artifact);
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(draft, JSON.stringify(found));
      await rename(draft, path);
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }

  /** One file per artifact, engine, CPU, and what of the manifest the probe looks at. */
  #path(folder: string, { digest, manifest }: Artifact): string {
    const { columns, inputPreparation, batching, device, intraOpThreads } = manifest;
    const seen = {
      columns,
      inputPreparation,
      mode: batching.mode,
      maskInput: batching.maskInput,
      device,
      intraOpThreads,
    };
    const key = [PROBE_VERSION, digest, this.#engine, cpus()[0]?.model ?? "", JSON.stringify(seen)];
    return join(folder, `${createHash("sha256").update(key.join("\n")).digest("hex")}.json`);
  }
}
