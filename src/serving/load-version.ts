import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Clock, type Deadline, PlatformError } from "../base/index.ts";
import {
  emptyManifest,
  engineOfFile,
  handlerBeside,
  type Manifest,
  mainFileOf,
  parseManifest,
} from "../model/index.ts";
import { createPreparation } from "../prepare/index.ts";
import { type AroundOptions, type Artifact, type Runtime, type Session } from "../runtimes/index.ts";
import { type BatchEvent, createScheduler, LaneShare } from "../scheduler/index.ts";
import type { FoundVersion } from "./folder.ts";
import { LoadedVersion, platformOf } from "./loaded-version.ts";
import type { VersionObserver } from "./observed.ts";
import { planBatching, type QueueBounds } from "./plan-batching.ts";
import { checkIsInside, readBeside } from "./read-beside.ts";
import { checkDigest, watchFile } from "./same-file.ts";
import { createTrial, warmUp } from "./trial.ts";

/** One engine and its lanes, shared by all versions that it runs. */
export interface Engine {
  readonly runtime: Runtime;
  readonly lanes: LaneShare;
}

/** A runtime with the rule by which its lanes are shared. */
export function createEngine(runtime: Runtime, clock: Clock): Engine {
  return { runtime, lanes: new LaneShare(runtime.concurrency, clock) };
}

export interface LoaderOptions {
  readonly engines: ReadonlyMap<Manifest["engine"], Engine>;
  /** Checks the files and digests them before any native code sees them. */
  readonly openArtifact: (path: string, manifest: Manifest) => Promise<Artifact>;
  /** Puts the user's own code around a model. */
  readonly surround: (
    model: Session,
    deadline: Deadline,
    handler: Pick<AroundOptions, "path" | "manifest">,
  ) => Promise<Session>;
  /** Changes what the manifest says; undefined: it stands. */
  readonly adjust?: (manifest: Manifest) => Manifest;
  readonly createObserver: (model: string, version: number) => VersionObserver;
  /** Told the CPU time that runs took in other processes, in microseconds. */
  readonly onCpuElsewhere: (us: number) => void;
  readonly bounds: QueueBounds;
  readonly clock: Clock;
}

/**
 * Makes a version ready to answer: check, load, warm up, profile. Nothing here touches the request
 * path of other versions.
 *
 * @throws PlatformError with a reason for people; nothing stays in memory then.
 */
export async function loadVersion(
  found: FoundVersion,
  deadline: Deadline,
  options: LoaderOptions,
): Promise<LoadedVersion> {
  if (!found.bring) return await loadFiles(found, deadline, options);
  const files = await found.bring();
  try {
    const at = await versionAt(files.directory, found);
    return await loadFiles(at, deadline, options, () => files.release());
  } catch (thrown) {
    files.release();
    throw thrown;
  }
}

/** A version whose files lie in a folder of their own. */
async function versionAt(directory: string, found: FoundVersion): Promise<FoundVersion> {
  const manifestPath = join(directory, "model.json");
  const hasManifest = await stat(manifestPath).then(
    () => true,
    () => false,
  );
  const { manifestPath: _, ...rest } = found;
  const main = mainFileOf(await readdir(directory)) ?? "model.onnx";
  return { ...rest, directory, path: join(directory, main), ...(hasManifest && { manifestPath }) };
}

async function loadFiles(
  found: FoundVersion,
  deadline: Deadline,
  options: LoaderOptions,
  release?: () => void,
): Promise<LoadedVersion> {
  const startedMs = options.clock.now();
  const { adjust = (read: Manifest) => read } = options;
  const manifest = adjust(await readManifest(found));
  const checkUnchanged = await watchFile(found.path);
  const artifact = await options.openArtifact(found.path, manifest);
  await checkDigest(found.path, artifact.digest);
  deadline.check();
  const name = engineName(found.path, manifest);
  const engine = options.engines.get(name);
  if (!engine) throw unknownEngine(name);
  const session = await sessionOf(engine, artifact, { found, manifest, deadline, options });
  try {
    await checkUnchanged();
    const ready = await makeReady(session, found, { manifest, engine, options, deadline });
    return new LoadedVersion({
      ...ready,
      model: found.model,
      version: found.version,
      digest: artifact.digest,
      artifactBytes: artifact.bytes,
      platform: platformOf(found.path),
      manifest,
      session,
      loadMs: options.clock.now() - startedMs,
      ...(release && { release }),
    });
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/** What computes a version: its model, with the code beside it around it. */
async function sessionOf(
  { runtime }: Engine,
  artifact: Artifact,
  { found, manifest, deadline, options }: Omit<Ingredients, "engine"> & { readonly found: FoundVersion },
): Promise<Session> {
  const model = await runtime.load(artifact, deadline);
  if (basename(found.path) !== "model.onnx") return model;
  try {
    const name = handlerBeside(await readdir(found.directory));
    if (name === undefined) return model;
    return await options.surround(model, deadline, { path: join(found.directory, name), manifest });
  } catch (thrown) {
    await model.close();
    throw thrown;
  }
}

/** A file may say by its name what it is; the ONNX engine of other processes is the stock one. */
function engineName(path: string, { engine, isolation, device }: Manifest): Manifest["engine"] {
  const isApart = engine === "onnx" && isolation === "process";
  if (isApart && device === "cuda") {
    throw new PlatformError(
      "failed_precondition",
      "isolation: process runs on the CPU only, the manifest says cuda",
      {
        field: "isolation",
        got: "process",
        expected: "thread, with device cuda",
      },
    );
  }
  return engineOfFile(path) ?? (isApart ? "stock" : engine);
}

function unknownEngine(name: string): PlatformError {
  return new PlatformError("unimplemented", `engine "${name}" is not part of this server`, {
    field: "engine",
    got: name,
  });
}

interface Ingredients {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly options: LoaderOptions;
  readonly deadline: Deadline;
}

async function makeReady(session: Session, found: FoundVersion, ingredients: Ingredients) {
  const { manifest, engine, options, deadline } = ingredients;
  const { bounds, clock } = options;
  const preparation = await createPreparation(session.signature, manifest, fileBeside(found.directory));
  const trial = createTrial(session, { lanes: engine.lanes, clock, deadline });
  // What asks other models costs nothing itself, and they may come later.
  const warmUpMs = session.isComposed ? undefined : await warmUp(trial, manifest, clock);
  const plan = await planBatching(trial, manifest, { ...bounds, warmUpMs }, clock);
  deadline.check();
  const onBatch = (event: BatchEvent) => {
    observer.batch(event);
    options.onCpuElsewhere(event.elsewhereUs);
  };
  const instances = Math.min(plan.instances, session.maxRuns ?? Number.POSITIVE_INFINITY);
  const scheduler = createScheduler(session, { ...plan, instances, onBatch }, engine.lanes, clock);
  // Last, because its series stay until it is closed.
  const observer = options.createObserver(found.model, found.version);
  observer.watch(scheduler, session);
  return {
    preparation,
    scheduler,
    inline: plan.inline,
    instances: Math.min(instances, engine.lanes.concurrency),
    observer,
  };
}

/** Labels and categories of a hundred thousand words have some megabytes. */
const MAX_MANIFEST_BYTES = 32 * 1024 * 1024;
/** Tokenizers of large vocabularies have some ten megabytes. */
const MAX_BESIDE_BYTES = 256 * 1024 * 1024;

/** The manifest of a version in the folder. @throws PlatformError `invalid_argument` if it is none. */
export async function readManifest({ manifestPath }: Pick<FoundVersion, "manifestPath">): Promise<Manifest> {
  if (manifestPath === undefined) return emptyManifest;
  return parseManifest((await readBeside(manifestPath, MAX_MANIFEST_BYTES)).toString("utf8"));
}

/** Files that the manifest names lie beside the model; `prepare` has checked that the name is flat. */
function fileBeside(directory: string): (name: string) => Promise<Uint8Array> {
  return async (name) => {
    const path = join(directory, name);
    await checkIsInside(path);
    return await readBeside(path, MAX_BESIDE_BYTES);
  };
}
