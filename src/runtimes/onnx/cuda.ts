import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PlatformError } from "../../base/index.ts";
import type { ModelInfo } from "../../onnx/index.ts";
import { type Engine, outAddress, takeFailure } from "./engine.ts";
import { cleanMessage } from "./engine-error.ts";
import { type Address, openLibc, readText, viewNative } from "./ffi.ts";
import { withTextList } from "./native-text.ts";
import { getWord } from "./native-word.ts";

/** The part of ONNX Runtime that computes with CUDA; the library looks for it beside itself. */
const PROVIDER_FILE = "libonnxruntime_providers_cuda.so";

/**
 * Convolutions choose their algorithm by rule. The engine's own default tries them all for each new shape, which is
 * each new batch size: seconds, in the midst of traffic.
 */
const OPTIONS: readonly (readonly [string, string])[] = [["cudnn_conv_algo_search", "HEURISTIC"]];

/**
 * Lets a session compute on the first CUDA device; what CUDA has no kernel for stays on the CPU.
 *
 * @throws PlatformError `failed_precondition` saying what is missing.
 */
export function appendCuda(engine: Engine, options: Address): void {
  const providers = availableProviders(engine);
  if (!providers.includes("CUDAExecutionProvider")) {
    throw missing(`the ONNX Runtime library was built for ${providers.join(", ")} only`, BUILD_HINT);
  }
  if (!existsSync(join(dirname(engine.libraryPath), PROVIDER_FILE))) {
    throw missing(`${PROVIDER_FILE} is not beside the ONNX Runtime library`, BUILD_HINT);
  }
  const { api, out } = engine;
  const created = api.CreateCUDAProviderOptions(out);
  if (created !== 0) throw notStarted(engine, created);
  const cuda = outAddress(engine);
  const updated = withTextList(
    OPTIONS.map(([key]) => key),
    (keys) =>
      withTextList(
        OPTIONS.map(([, value]) => value),
        (values) => api.UpdateCUDAProviderOptions(cuda, keys, values, OPTIONS.length),
      ),
  );
  if (updated !== 0) {
    api.ReleaseCUDAProviderOptions(cuda);
    throw notStarted(engine, updated);
  }
  const appended = api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
  api.ReleaseCUDAProviderOptions(cuda);
  if (appended !== 0) throw notStarted(engine, appended);
}

const BUILD_HINT = `Name the library of a GPU build of ONNX Runtime, with ${PROVIDER_FILE} beside it, by --onnxruntime-library.`;

const DRIVER_HINT =
  "The CUDA and cuDNN libraries for which ONNX Runtime was built must be installed and found by the dynamic loader.";

function availableProviders(engine: Engine): string[] {
  const { api, out } = engine;
  const status = api.GetAvailableProviders(out, out + 8);
  if (status !== 0) throw notStarted(engine, status);
  const list = outAddress(engine);
  const count = engine.outHalves[2] ?? 0;
  const pointers = new Uint32Array(viewNative(list, count * 8));
  const names = Array.from({ length: count }, (_, index) => readText(getWord(pointers, index)));
  api.ReleaseAvailableProviders(list, count);
  return names;
}

function notStarted(engine: Engine, status: Address): PlatformError {
  const { message } = takeFailure(engine, status);
  return missing(`CUDA does not start: ${cleanMessage(message, engine.libraryPath)}`, DRIVER_HINT);
}

function missing(problem: string, hint: string): PlatformError {
  return new PlatformError("failed_precondition", `device "cuda" cannot be used: ${problem}`, {
    field: "device",
    got: "cuda",
    expected: "cpu, or a CUDA build of ONNX Runtime",
    hint,
  });
}

/** Measured with ONNX Runtime 1.30 on an H100: each change of the batch size of ResNet-50 cost 0.17 s, a run 3 ms. */
export function sizeCostOnCuda({ operators }: Pick<ModelInfo, "operators">): string | undefined {
  const has = operators.has("Conv") || operators.has("ConvTranspose");
  return has ? "on CUDA convolutions are planned anew for each batch size" : undefined;
}

let leavesAtOnce = false;

/**
 * Makes the process end without what libraries do at the end: ONNX Runtime unloads its CUDA part then, after the driver
 * has gone, which is a segmentation fault. Called in the main thread.
 */
export function leaveAtOnce(): void {
  if (leavesAtOnce) return;
  leavesAtOnce = true;
  const { leave } = openLibc();
  process.on("exit", (code) => leave(code));
}
