import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PlatformError } from "../../base/index.ts";
import { type Engine, outAddress, takeFailure } from "./engine.ts";
import { cleanMessage } from "./engine-error.ts";
import { type Address, readText, viewNative } from "./ffi.ts";
import { getWord } from "./native-word.ts";

/** The part of ONNX Runtime that computes with CUDA; the library looks for it beside itself. */
const PROVIDER_FILE = "libonnxruntime_providers_cuda.so";

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
