import { Command, CommanderError } from "commander";
import { EXIT } from "./exit-code.ts";
import { prepareHelp } from "./help-text.ts";

/** A command, known by name and summary; its file is imported only when it is used. */
export interface LazyCommand {
  readonly name: string;
  readonly summary: string;
  /** Under which heading the help lists it. */
  readonly group: "Serve and ask" | "Models of a registry" | "Declare" | "Operate";
  readonly load: () => Promise<{ command: () => Command | Promise<Command> }>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly LazyCommand[] = [
  {
    name: "serve",
    group: "Serve and ask",
    summary: "serve a folder of models, or a registry, over REST and gRPC",
    load: async () => import("./commands/serve.ts"),
  },
  {
    name: "predict",
    group: "Serve and ask",
    summary: "ask a running server for a prediction",
    load: async () => import("./commands/predict.ts"),
  },
  {
    name: "models",
    group: "Models of a registry",
    summary: "list, show, compare, tag, delete, load and unload models",
    load: async () => import("./commands/models.ts"),
  },
  {
    name: "add",
    group: "Models of a registry",
    summary: "add a model file or folder as a model's next version",
    load: async () => import("./commands/add.ts"),
  },
  {
    name: "promote",
    group: "Models of a registry",
    summary: "make a version the one that answers, after its checks",
    load: async () => import("./commands/promote.ts"),
  },
  {
    name: "rollback",
    group: "Models of a registry",
    summary: "go back to the version before",
    load: async () => import("./commands/rollback.ts"),
  },
  {
    name: "endpoints",
    group: "Models of a registry",
    summary: "split and shadow requests between versions",
    load: async () => import("./commands/endpoints.ts"),
  },
  {
    name: "plan",
    group: "Declare",
    summary: "show what sirve.yaml would change, for people and CI",
    load: async () => import("./commands/plan.ts"),
  },
  {
    name: "apply",
    group: "Declare",
    summary: "make a registry what sirve.yaml declares",
    load: async () => import("./commands/apply.ts"),
  },
  {
    name: "audit",
    group: "Operate",
    summary: "show who changed what, when",
    load: async () => import("./commands/audit.ts"),
  },
  {
    name: "keys",
    group: "Operate",
    summary: "make, list, rotate and revoke API keys",
    load: async () => import("./commands/keys.ts"),
  },
  {
    name: "backup",
    group: "Operate",
    summary: "write a registry into one archive",
    load: async () => import("./commands/backup.ts"),
  },
  {
    name: "restore",
    group: "Operate",
    summary: "restore a backup into an empty data directory",
    load: async () => import("./commands/restore.ts"),
  },
  {
    name: "convert",
    group: "Operate",
    summary: "convert a model of XGBoost or LightGBM",
    load: async () => import("./commands/convert.ts"),
  },
  {
    name: "package",
    group: "Operate",
    summary: "package models with the server: image, Compose, systemd, Kubernetes",
    load: async () => import("./commands/package.ts"),
  },
  {
    name: "bench",
    group: "Serve and ask",
    summary: "measure a model of a running server from outside, over any wire",
    load: async () => import("./commands/bench.ts"),
  },
  {
    name: "load-test",
    group: "Serve and ask",
    summary: "try settings of a version under load, on a copy beside the one that serves",
    load: async () => import("./commands/load-test.ts"),
  },
  {
    name: "top",
    group: "Serve and ask",
    summary: "watch latency, throughput, queue and cost of each model",
    load: async () => import("./commands/top.ts"),
  },
  {
    name: "shadow-of",
    group: "Serve and ask",
    summary: "stand before another server and prove that a model may take its place",
    load: async () => import("./commands/shadow-of.ts"),
  },
  {
    name: "doctor",
    group: "Operate",
    summary: "check this machine, the models and the server, with a remedy for each finding",
    load: async () => import("./commands/doctor.ts"),
  },
  {
    name: "config",
    group: "Operate",
    summary: "check or print the configuration in force",
    load: async () => import("./commands/config.ts"),
  },
  {
    name: "tour",
    group: "Operate",
    summary: "run the demonstrations, one for each claim of the product",
    load: async () => import("./commands/tour.ts"),
  },
];

/** Runs the command that `args` name and returns the exit code. Never throws. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    const program = await programFor(args);
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(thrown, args.includes("--debug"));
  }
}

const FIRST_STEPS = `
Examples:
  $ sirve serve models/                        # a folder; then open http://127.0.0.1:8080/    
  $ sirve serve --data sirve-data              # a registry, which the next two fill
  $ sirve add model.onnx --name churn
  $ sirve promote churn@2

sirve COMMAND --help tells more. SIRVE_URL and SIRVE_API_KEY say which server, and who you are.`;

async function programFor(args: readonly string[]): Promise<Command> {
  const { version } = await import("./version.ts");
  const program = new Command("sirve")
    .description("Serves trained models over REST and gRPC. One program, no application to write.")
    .version(version, "-V, --version")
    // After a command --version is that command's: no wish for a model's version ends in the program's.
    .enablePositionalOptions()
    .commandsGroup("Operate:")
    .addHelpText("after", FIRST_STEPS);
  const wanted = args.find((arg) => !arg.startsWith("-"));
  const helpOf = wanted === "help" ? args[args.indexOf("help") + 1] : undefined;
  for (const { name, summary, group, load } of COMMANDS) {
    const isWanted = name === wanted || name === helpOf;
    const command = isWanted ? await (await load()).command() : new Command(name).summary(summary);
    program.addCommand(command.helpGroup(`${group}:`));
  }
  prepare(program);
  return program;
}

/** Common to all commands: ends by an exit code that we choose, and takes --debug. */
function prepare(command: Command): void {
  command.exitOverride().showHelpAfterError("(--help shows how to use it)");
  command.option("--debug", "show where an error happened");
  prepareHelp(command);
  for (const child of command.commands) prepare(child);
}
