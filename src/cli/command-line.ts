import { Command, CommanderError } from "commander";
import { EXIT } from "./exit-code.ts";

/** A command, known by name and summary; its file is imported only when it is used. */
export interface LazyCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ command: () => Command | Promise<Command> }>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly LazyCommand[] = [
  {
    name: "serve",
    summary: "serve a folder of models, or a registry, over REST and gRPC",
    load: async () => import("./commands/serve.ts"),
  },
  {
    name: "predict",
    summary: "ask a running server for a prediction",
    load: async () => import("./commands/predict.ts"),
  },
  {
    name: "models",
    summary: "list, show, compare, tag, delete, load and unload models",
    load: async () => import("./commands/models.ts"),
  },
  {
    name: "add",
    summary: "add a model file or folder as a model's next version",
    load: async () => import("./commands/add.ts"),
  },
  {
    name: "promote",
    summary: "make a version the one that answers, after its checks",
    load: async () => import("./commands/promote.ts"),
  },
  {
    name: "rollback",
    summary: "go back to the version before",
    load: async () => import("./commands/rollback.ts"),
  },
  {
    name: "endpoints",
    summary: "split and shadow requests between versions",
    load: async () => import("./commands/endpoints.ts"),
  },
  {
    name: "audit",
    summary: "show who changed what, when",
    load: async () => import("./commands/audit.ts"),
  },
  {
    name: "keys",
    summary: "make, list, rotate and revoke API keys",
    load: async () => import("./commands/keys.ts"),
  },
  {
    name: "plan",
    summary: "show what sirve.yaml would change, for people and CI",
    load: async () => import("./commands/plan.ts"),
  },
  {
    name: "apply",
    summary: "make a registry what sirve.yaml declares",
    load: async () => import("./commands/apply.ts"),
  },
  {
    name: "backup",
    summary: "write a registry into one archive",
    load: async () => import("./commands/backup.ts"),
  },
  {
    name: "restore",
    summary: "restore a backup into an empty data directory",
    load: async () => import("./commands/restore.ts"),
  },
  {
    name: "package",
    summary: "package models with the server: image, compose, unit",
    load: async () => import("./commands/package.ts"),
  },
  {
    name: "bench",
    summary: "measure latency and throughput of a model of a running server",
    load: async () => import("./commands/bench.ts"),
  },
  {
    name: "top",
    summary: "watch latency, throughput, queue and cost of each model",
    load: async () => import("./commands/top.ts"),
  },
  {
    name: "doctor",
    summary: "check this machine, the models and the server, with a remedy for each finding",
    load: async () => import("./commands/doctor.ts"),
  },
  {
    name: "config",
    summary: "check or print the configuration in force",
    load: async () => import("./commands/config.ts"),
  },
  {
    name: "tour",
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

async function programFor(args: readonly string[]): Promise<Command> {
  const { version } = await import("./version.ts");
  const program = new Command("sirve")
    .description("Serves trained models over REST and gRPC. One program, no application to write.")
    .version(version, "-V, --version")
    // After a command --version is that command's: no wish for a model's version ends in the program's.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      "\nExample:\n  $ sirve serve models/        # then open http://127.0.0.1:8080/docs",
    );
  const wanted = args.find((arg) => !arg.startsWith("-"));
  const helpOf = wanted === "help" ? args[args.indexOf("help") + 1] : undefined;
  for (const { name, summary, load } of COMMANDS) {
    if (name === wanted || name === helpOf) program.addCommand(await (await load()).command());
    else program.command(name).summary(summary);
  }
  prepare(program);
  return program;
}

/** Common to all commands: ends by an exit code that we choose, and takes --debug. */
function prepare(command: Command): void {
  command.exitOverride().showHelpAfterError("(--help shows how to use it)");
  command.option("--debug", "show where an error happened");
  for (const child of command.commands) prepare(child);
}
