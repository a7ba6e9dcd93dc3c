import { PlatformError } from "../base/index.ts";

/** Processors that images and packages are made for; Linux with glibc all of them. */
export type Architecture = "x64" | "arm64";

/** The name of an architecture in images. */
export const OCI_ARCHITECTURE = { x64: "amd64", arm64: "arm64" } as const;

/** The architecture of this machine. @throws PlatformError `unimplemented` if nothing is made for it. */
export function ownArchitecture(name: string = process.arch): Architecture {
  if (name === "x64" || name === "arm64") return name;
  throw new PlatformError("unimplemented", `there are no packages for ${name}`, {
    field: "architecture",
    got: name,
    expected: "x64 or arm64",
  });
}
