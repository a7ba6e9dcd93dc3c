import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, type Deadline, PlatformError } from "../base/index.ts";
import { emptyManifest, type Manifest, parseManifest } from "../model/index.ts";
import { createPreparation } from "../prepare/index.ts";
import { type Artifact, type Runtime, type Session, sampleInputs } from "../runtimes/index.ts";
import { type BatchEvent, createScheduler, LaneShare, sharedSession } from "../scheduler/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { FoundVersion } from "./folder.ts";
import { LoadedVersion } from "./loaded-version.ts";
import type { VersionObserver } from "./observed.ts";
import { planBatching, type QueueBounds } from "./plan-batching.ts";
import { checkDigest, watchFile } from "./same-file.ts";

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
  readonly createObserver: (model: string, version: number) => VersionObserver;
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
  const startedMs = options.clock.now();
  const manifest = await readManifest(found);
  const checkUnchanged = await watchFile(found.path);
  const artifact = await options.openArtifact(found.path, manifest);
  await checkDigest(found.path, artifact.digest);
  deadline.check();
  const engine = options.engines.get(manifest.engine);
  if (!engine) throw unknownEngine(manifest.engine);
  const session = await engine.runtime.load(artifact, deadline);
  try {
    await checkUnchanged();
    const ready = await makeReady(session, found, { manifest, engine, options, deadline });
    return new LoadedVersion({
      ...ready,
      model: found.model,
      version: found.version,
      digest: artifact.digest,
      artifactBytes: artifact.bytes,
      manifest,
      session,
      platform: "onnxruntime_onnx",
      loadMs: options.clock.now() - startedMs,
    });
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
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
  // Its trial runs wait for lanes like everyone's, and longer: nobody waits for them.
  const trial = sharedSession(session, { lanes: engine.lanes, weight: TRIAL_WEIGHT });
  const warmUpMs = await warmUp(trial, manifest, clock);
  const plan = await planBatching(trial, manifest, { ...bounds, warmUpMs }, clock);
  deadline.check();
  const onBatch = (event: BatchEvent) => observer.batch(event);
  const scheduler = createScheduler(session, { ...plan, onBatch }, engine.lanes, clock);
  // Last, because its series stay until it is closed.
  const observer = options.createObserver(found.model, found.version);
  observer.watch(scheduler, session);
  return { preparation, scheduler, inline: plan.inline, observer };
}

/** Share of the lanes for trial runs, against the 1 of a model in service. */
const TRIAL_WEIGHT = 0.1;

async function readManifest({ manifestPath }: FoundVersion): Promise<Manifest> {
  return manifestPath === undefined ? emptyManifest : parseManifest(await readFile(manifestPath, "utf8"));
}

/** Files that the manifest names lie beside the model; `prepare` has checked that the name is flat. */
function fileBeside(directory: string): (name: string) => Promise<Uint8Array> {
  return async (name) => readFile(join(directory, name));
}

/** Longest that one run of the warm-up may take, in milliseconds: some models never end on some inputs. */
const WARMUP_RUN_MS = 2000;

/**
 * Runs the model as the manifest says, so that the first client does not pay for lazy work.
 * Returns how long the last run took, in milliseconds; undefined if one did not end in time.
 */
async function warmUp(session: Session, manifest: Manifest, clock: Clock): Promise<number | undefined> {
  let lastMs = 0;
  for (const rows of session.rows === "none" ? [1] : manifest.warmup.rows) {
    for (let run = 0; run < manifest.warmup.runs; run++) {
      const start = clock.now();
      const inputs = sampleInputs(session.signature, manifest, rows);
      if (!(await endsInTime(session, inputs, clock))) return undefined;
      lastMs = clock.now() - start;
    }
  }
  return lastMs;
}

async function endsInTime(session: Session, inputs: Tensors, clock: Clock): Promise<boolean> {
  const run = session.start([inputs]);
  const cancelTimer = clock.after(WARMUP_RUN_MS, () => run.terminate());
  try {
    await run.done;
    return true;
  } catch (thrown) {
    const { code } = PlatformError.from(thrown);
    // Made-up inputs may be none that this model takes; what it does with real ones, clients will see.
    if (code === "cancelled") return false;
    if (code === "invalid_argument" || code === "internal") return true;
    throw thrown;
  } finally {
    cancelTimer();
  }
}
