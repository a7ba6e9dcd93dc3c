import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { say, untilReady } from "./kit.ts";

/** How a platform starts a container. */
export interface Place {
  readonly env: Readonly<Record<string, string>>;
  /** Path in the container → folder of this machine, mounted there. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Containers of one definition. */
export interface Containers {
  /** Starts one in a place, asks it, and ends it. */
  readonly run: <T>(place: Place, url: string, ask: () => Promise<T>) => Promise<T>;
  /** Removes what was built for them. */
  readonly remove: () => void;
}

/** Packages what `args` name. The command line has to be built for it, as when it is published. */
export function packageModels(...args: readonly string[]): void {
  if (!existsSync("dist/cli/main.js")) {
    say("$ npm run build");
    quietly(process.execPath, ["scripts/build.ts"]);
  }
  say(`$ sirve package ${args.join(" ")}`);
  quietly(process.execPath, ["dist/cli/main.js", "package", ...args]);
}

/** Containers of the Dockerfile in `context`: by an engine where its base image is at hand, else its command as a process. */
export function containersOf(context: string, image: string): Containers {
  const text = readFileSync(join(context, "Dockerfile"), "utf8").replaceAll("\\\n", " ");
  const base = /^ARG BASE=(\S+)$/m.exec(text)?.[1] ?? "";
  const engine =
    process.platform === "linux" ? ["podman", "docker"].find((name) => has(name, base)) : undefined;
  if (engine === undefined) {
    say(`no podman or docker with ${base} here: the Dockerfile's command and environment run as a process`);
    const definition = definitionIn(text, context);
    return {
      run: async (place, url, ask) => whileRunning(processIn(definition, place), url, ask),
      remove: () => {},
    };
  }
  const how = engine === "podman" ? ["--isolation", "chroot", "--pull-never", "--format", "docker"] : [];
  say(`$ ${engine} build --tag ${image} ${context}`);
  quietly(engine, ["build", ...how, "--network", "host", "--tag", image, context]);
  return {
    run: async (place, url, ask) => whileRunning(started(engine, runArguments(image, place)), url, ask),
    remove: () => quietly(engine, ["rmi", "--force", image]),
  };
}

/** Never pulls: a demonstration does not wait for a network. */
function has(engine: string, base: string): boolean {
  try {
    quietly(engine, ["image", "inspect", base]);
    quietly(engine, ["run", "--rm", "--network", "host", base, "node", "--version"]);
    return true;
  } catch {
    return false;
  }
}

function quietly(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: "ignore" });
}

/** The command line that runs `image` in a place, hardened. */
function runArguments(image: string, { env, mounts = {} }: Place): string[] {
  const variables = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const volumes = Object.entries(mounts).flatMap(([path, from]) => ["--volume", `${from}:${path}:ro`]);
  const hardened = [
    "--no-healthcheck",
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
  ];
  return ["run", "--rm", "--network", "host", ...hardened, ...volumes, ...variables, image, "serve"];
}

/** The parts of a Dockerfile that a process needs. */
interface Definition {
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Folders of the image → folders of the context. */
  readonly copied: Readonly<Record<string, string>>;
}

function definitionIn(text: string, context: string): Definition {
  const [, variables = ""] = /^ENV (.*)$/m.exec(text) ?? [];
  const env = [...variables.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const copied = [...text.matchAll(/^COPY \S+ (\S+) (\S+)$/gm)].map(([, from = "", to = ""]) => [
    to,
    join(context, from),
  ]);
  const [, command = "[]"] = /^ENTRYPOINT (.*)$/m.exec(text) ?? [];
  return {
    env: Object.fromEntries(env) as Record<string, string>,
    command: [...(JSON.parse(command) as string[]), "serve"],
    copied: Object.fromEntries(copied) as Record<string, string>,
  };
}

function processIn({ env, command, copied }: Definition, { env: more, mounts = {} }: Place): ChildProcess {
  const folders = { ...copied, ...mounts };
  const here = (text: string) => {
    const at = Object.keys(folders).find((path) => text === path || text.startsWith(`${path}/`));
    return at === undefined ? text : (folders[at] ?? "") + text.slice(at.length);
  };
  const all = Object.entries({ ...env, ...more }).map(([name, value]) => [name, here(value)]);
  const [, ...args] = command.map(here);
  return started(process.execPath, args, Object.fromEntries(all) as Record<string, string>);
}

/** A program that says only what goes wrong. */
export function started(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  return spawn(program, args, { env, stdio: ["ignore", "ignore", "inherit"] });
}

/** Asks once it is ready, then ends it as every platform does: with SIGTERM. */
export async function whileRunning<T>(child: ChildProcess, url: string, ask: () => Promise<T>): Promise<T> {
  try {
    await untilReady(url, child);
    return await ask();
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}
