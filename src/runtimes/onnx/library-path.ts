import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PlatformError } from "../../base/index.ts";

/** File of the shared library inside the package, per platform that the package ships. */
const FILES: Record<string, string> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.30.0.dylib",
  win32: "onnxruntime.dll",
};

/**
 * Where the ONNX Runtime library lies that is installed with Sirve.
 *
 * @throws PlatformError `failed_precondition` where the package has none for this platform.
 */
export function bundledLibrary(): string {
  const { platform, arch } = process;
  const file = FILES[platform];
  const path = file && join(packageFolder(), "bin", "napi-v6", platform, arch, file);
  if (path && existsSync(path)) return path;
  throw new PlatformError("failed_precondition", `there is no ONNX Runtime library for ${platform} ${arch}`, {
    field: "onnxruntimeLibrary",
    got: `${platform} ${arch}`,
    expected: "linux x64, linux arm64 or darwin arm64",
    hint: "Name a library of your own with --onnxruntime-library.",
  });
}

function packageFolder(): string {
  // The package's entry is dist/index.js.
  return dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")));
}
