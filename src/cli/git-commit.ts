import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** The commit of the repository that `path` lies in, with "+changes" if files differ from it; undefined if none. */
export async function gitCommit(path: string): Promise<string | undefined> {
  const run = async (...args: string[]) => {
    const options = { cwd: dirname(path), timeout: 5000 };
    return (await promisify(execFile)("git", args, options)).stdout.trim();
  };
  try {
    const commit = await run("rev-parse", "HEAD");
    const changed = await run("status", "--porcelain", "--untracked-files=no");
    return changed === "" ? commit : `${commit}+changes`;
  } catch {
    return undefined;
  }
}
