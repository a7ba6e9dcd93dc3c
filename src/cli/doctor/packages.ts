import { type Check, type Finding, fail, ok, reasonOf } from "./finding.ts";

/** The library that reads pictures: an optional dependency of its own platform package, so it can be missing. */
export const checkPackages: Check = async () => [await sharpFinding()];

async function sharpFinding(): Promise<Finding> {
  try {
    const { default: sharp } = await import("sharp");
    return ok("images", `sharp ${sharp.versions.sharp ?? "?"}, libvips ${sharp.versions.vips}`);
  } catch (thrown) {
    return fail("images", reasonOf(thrown).split("\n", 1)[0] ?? "", "npm install --include=optional sharp");
  }
}
