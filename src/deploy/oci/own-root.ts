import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import { PlatformError } from "../../base/index.ts";
import { USER_ID } from "../plan.ts";
import type { Architecture } from "../platform.ts";
import type { Program } from "../program.ts";
import { diskFile, type Tree, textFile } from "../tree.ts";
import { sharedLibraries } from "./shared-libraries.ts";

/** Debian's packages of the libraries, whose licences lie under their names. */
const PACKAGES = ["libatomic1", "libc6", "libgcc-s1", "libstdc++6"];

/**
 * The smallest root that Sirve runs on: this Node.js, the shared libraries that it and the packages need,
 * certificates, a user. No shell, no package manager.
 *
 * @throws PlatformError `failed_precondition` if this is no Linux.
 */
export function ownRoot(program: Program, architecture: Architecture, node: string = process.execPath): Tree {
  if (process.platform !== "linux") {
    throw new PlatformError("failed_precondition", "only Linux has the libraries of an image", {
      field: "platform",
      got: process.platform,
      hint: "name a base image with --base FILE: podman save, docker save and skopeo copy write one",
    });
  }
  const native = program.dependencies.flatMap(({ path, content }) =>
    "path" in content && /\.node$|\.so(?:\.\d+)*$/.test(path) ? [content.path] : [],
  );
  const own = new Set(native.map((path) => basename(path)));
  return [
    { ...diskFile("usr/local/bin/node", realpathSync(node)), isExecutable: true },
    ...sharedLibraries([realpathSync(node), ...native], own, architecture),
    textFile(
      "etc/passwd",
      `root:x:0:0:root:/:/sbin/nologin\nsirve:x:${USER_ID}:${USER_ID}:sirve:/:/sbin/nologin\n`,
    ),
    textFile("etc/group", `root:x:0:\nsirve:x:${USER_ID}:\n`),
    textFile("etc/nsswitch.conf", "hosts: files dns\n"),
    textFile("etc/ssl/certs/ca-certificates.crt", `${rootCertificates.join("\n")}\n`),
    ...licences(node),
  ];
}

/** Texts that must go along with copies of these libraries. */
function licences(node: string): Tree {
  const places = PACKAGES.map((name) => [name, `/usr/share/doc/${name}/copyright`] as const);
  const nodeHome = dirname(dirname(realpathSync(node)));
  const all = [...places, ["node", join(nodeHome, "LICENSE")] as const];
  const found = all.filter(([, place]) => existsSync(place));
  const missing = all.filter(([, place]) => !existsSync(place)).map(([name]) => name);
  return [
    ...found.map(([name, place]) => diskFile(`usr/share/doc/${name}/copyright`, realpathSync(place))),
    textFile("usr/share/doc/README", sources(missing)),
  ];
}

const sources = (
  missing: readonly string[],
) => `This root holds unchanged copies of Node.js (MIT and others, https://nodejs.org),
the GNU C library (LGPL-2.1-or-later, https://www.gnu.org/software/libc/) and libraries of GCC (GPL-3.0-or-later with the
GCC Runtime Library Exception, https://gcc.gnu.org), as the system had them on which the image was made.
The packages under /opt/sirve/node_modules hold their own licences.
${missing.length === 0 ? "" : `That system had no text of the licence of ${missing.join(", ")}.\n`}`;
