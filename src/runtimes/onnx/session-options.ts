import { appendCuda } from "./cuda.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import type { Address } from "./ffi.ts";
import { withTexts } from "./native-text.ts";

/** How a session computes. */
export interface SessionSettings {
  readonly intraOpThreads: number;
  readonly device: "cpu" | "cuda";
}

/** ExecutionMode and GraphOptimizationLevel. */
const SEQUENTIAL = 0;
const ENABLE_ALL = 99;

/** The engine's threads must not spin while they wait: the lanes and other processes need the CPU. */
const CONFIG: readonly (readonly [string, string])[] = [
  ["session.intra_op.allow_spinning", "0"],
  ["session.inter_op.allow_spinning", "0"],
];

/** OrtSessionOptions for `settings`; the caller releases them. */
export function createSessionOptions(engine: Engine, settings: SessionSettings): Address {
  const { api, out } = engine;
  check(engine, api.CreateSessionOptions(out));
  const options = outAddress(engine);
  try {
    check(engine, api.SetSessionExecutionMode(options, SEQUENTIAL));
    check(engine, api.SetSessionGraphOptimizationLevel(options, ENABLE_ALL));
    check(engine, api.SetIntraOpNumThreads(options, settings.intraOpThreads));
    check(engine, api.SetInterOpNumThreads(options, 1));
    for (const [key, value] of CONFIG) addConfig(engine, options, key, value);
    if (settings.device === "cuda") appendCuda(engine, options);
    return options;
  } catch (thrown) {
    api.ReleaseSessionOptions(options);
    throw thrown;
  }
}

/** Sets one configuration entry of session options. */
export function addConfig(engine: Engine, options: Address, ...entry: [string, string]): void {
  withTexts(entry, (key = 0, value = 0) => {
    check(engine, engine.api.AddSessionConfigEntry(options, key, value));
  });
}
