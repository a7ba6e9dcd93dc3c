import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PlatformError } from "../../base/index.ts";

/** The shared library inside the package; its name holds the version on some platforms. */
const LIBRARY = /^(libonnxruntime\.so\.\d+|libonnxruntime[.\d]*\.dylib|onnxruntime\.dll)$/;

/**
 * Where the ONNX Runtime library lies that is installed with Sirve.
 *
 * @throws PlatformError `failed_precondition` where the package has none for this platform.
 */
export function bundledLibrary(): string {
  const { platform, arch } = process;
  const folder = join(packageFolder(), "bin", "napi-v6", platform, arch);
  const file = existsSync(folder) ? readdirSync(folder).find((name) => LIBRARY.test(name)) : undefined;
  if (file) return join(folder, file);
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
