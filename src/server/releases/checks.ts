import type { Check } from "../../admin/index.ts";
import { type Deadline, PlatformError, systemClock } from "../../base/index.ts";
import type { PredictRequest, PredictResponse } from "../../model/index.ts";
import type { VersionRecord } from "../../registry/index.ts";
import { sampleInputs } from "../../runtimes/index.ts";
import type { LoadedVersion } from "../../serving/index.ts";
import { signatureDifferences } from "./compatibility.ts";
import { checkGolden, type Golden } from "./golden.ts";

/** What a loaded version is checked against. */
export interface LoadedCheckParts {
  readonly candidate: VersionRecord;
  /** The version that the alias stands on; undefined: none. */
  readonly inPlace: VersionRecord | undefined;
  /** The golden rows that count; undefined: there are none. */
  readonly golden: () => Promise<Golden | undefined>;
  readonly ask: (
    loaded: LoadedVersion,
    request: PredictRequest,
    deadline: Deadline,
  ) => Promise<PredictResponse>;
}

/** What a version is checked against. */
export interface CheckParts extends LoadedCheckParts {
  /** Loads the candidate, or holds it where it is loaded. */
  readonly hold: () => Promise<LoadedVersion>;
}

/** Checks that no --force overrides. */
export const UNFORCEABLE: ReadonlySet<Check["name"]> = new Set(["loads", "warms-up"]);

/** Runs the checks of a promotion, all that can be run, and lets go of the candidate. */
export async function runChecks(parts: CheckParts, deadline: Deadline): Promise<readonly Check[]> {
  let loaded: LoadedVersion;
  try {
    loaded = await parts.hold();
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (error.code === "cancelled" || error.code === "deadline_exceeded") throw error;
    return [{ name: "loads", passed: false, detail: error.message }];
  }
  try {
    return await checkLoaded(parts, loaded, deadline);
  } finally {
    loaded.release();
  }
}

/** Runs the checks of a version that is loaded, and therefore warm. */
export async function checkLoaded(
  parts: LoadedCheckParts,
  loaded: LoadedVersion,
  deadline: Deadline,
): Promise<Check[]> {
  const { loadMs } = loaded.parts;
  const signature = signatureCheck(parts);
  const startedMs = systemClock.now();
  const golden = await goldenCheck(parts, loaded, deadline);
  return [
    { name: "loads", passed: true, detail: `loaded in ${Math.round(loadMs)} ms`, ms: loadMs },
    loaded.parts.session.isComposed ? await stepsCheck(parts, loaded, deadline) : WARM,
    signature,
    { ...golden, ms: systemClock.now() - startedMs },
  ];
}

const WARM: Check = { name: "warms-up", passed: true, detail: "it ran on made-up inputs, or refused them" };

/** What asks other models was not tried when it was loaded: one request shows whether they are there. */
async function stepsCheck(
  { candidate: { model }, ask }: LoadedCheckParts,
  loaded: LoadedVersion,
  deadline: Deadline,
): Promise<Check> {
  const { session, manifest } = loaded.parts;
  const tensors = sampleInputs(session.signature, manifest, 1);
  try {
    await ask(loaded, { model, payload: { kind: "tensors", tensors } }, deadline);
  } catch (thrown) {
    const { code, message } = PlatformError.from(thrown);
    const isInput = code === "invalid_argument";
    if (!isInput) return { name: "warms-up", passed: false, detail: message };
  }
  return WARM;
}

function signatureCheck({ candidate, inPlace }: LoadedCheckParts): Check {
  if (!inPlace) return { name: "signature", passed: true, detail: "nothing stood here before" };
  const differences = signatureDifferences(inPlace.signature, candidate.signature);
  const breaking = differences.filter(({ breaks }) => breaks);
  if (breaking.length === 0) {
    const detail = `clients of version ${inPlace.version} go on working`;
    return { name: "signature", passed: true, detail };
  }
  const list = breaking.map(({ field, from, to }) => `${field}: ${text(from)} → ${text(to)}`).join("; ");
  return {
    name: "signature",
    passed: false,
    detail: `clients of version ${inPlace.version} would fail: ${list}`,
  };
}

const text = (value: unknown) =>
  value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);

async function goldenCheck(
  { candidate, golden: read, ask }: LoadedCheckParts,
  loaded: LoadedVersion,
  deadline: Deadline,
): Promise<Check> {
  let golden: Golden | undefined;
  try {
    golden = await read();
  } catch (thrown) {
    return { name: "golden", passed: false, detail: PlatformError.from(thrown).message };
  }
  if (!golden) return { name: "golden", passed: true, detail: "there are no golden rows" };
  const result = await checkGolden(golden, candidate.model, async (request) =>
    ask(loaded, request, deadline),
  );
  return { name: "golden", ...result };
}
