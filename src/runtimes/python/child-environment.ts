import { tmpdir } from "node:os";

type Environment = Readonly<Record<string, string | undefined>>;

/** Threads of numerical libraries: a lane is one CPU, and processes are what runs in parallel. */
const ONE_THREAD = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NUMEXPR_NUM_THREADS: "1",
};

/** What a user's code is told of the server's environment: where programs and graphics cards are. No secrets. */
const PASSED = [
  "PATH",
  "LANG",
  "LC_ALL",
  "TZ",
  "LD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
  "NVIDIA_VISIBLE_DEVICES",
];

/** What the installer of packages needs besides: its settings, and the way to the network. */
const FOR_INSTALLER =
  /^(?:HOME|(?:PIP|UV)_\w+|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|XDG_(?:CACHE|CONFIG)_(?:HOME|DIRS))$/i;

/** The environment of a Python process whose private folder is `home`. */
export function processEnvironmentOf(server: Environment, home: string): Record<string, string> {
  return {
    ...picked(server, (name) => PASSED.includes(name)),
    ...ONE_THREAD,
    PYTHONUTF8: "1",
    HOME: home,
    TMPDIR: home,
  };
}

/** The environment in which packages are installed. */
export function installerEnvironmentOf(server: Environment): Record<string, string> {
  const passed = picked(server, (name) => PASSED.includes(name) || FOR_INSTALLER.test(name));
  return {
    PYTHONUTF8: "1",
    TMPDIR: tmpdir(),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    ...passed,
  };
}

function picked(server: Environment, isWanted: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(server).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isWanted(entry[0]),
  );
  return Object.fromEntries(entries);
}
