import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { PlatformError, systemClock } from "../../base/index.ts";
import { EXIT } from "../exit-code.ts";
import { print } from "../output.ts";
import { packageRoot } from "../package-root.ts";
import { millisText } from "../quantity.ts";

const FOLDER = fileURLToPath(new URL("examples/tour", packageRoot));

/** `sirve tour`: each demonstration in a process of its own; fails if one does. */
export function command(): Command {
  return new Command("tour")
    .description("Run the numbered demonstrations of examples/tour one after the other; fails if one does.")
    .option("--only <NN>", "run these only: 01 or 01,03", parseNumbers)
    .addHelpText("after", "\nExample:\n  $ sirve tour --only 01")
    .action(async ({ only }: { only?: readonly string[] }) => {
      const failed: string[] = [];
      for (const file of demonstrations(only)) {
        if (!(await runDemonstration(file))) failed.push(file);
      }
      if (failed.length === 0) return;
      print(pc.red(`not as claimed: ${failed.join(", ")}\n`));
      process.exitCode = EXIT.failure;
    });
}

function parseNumbers(text: string): string[] {
  const numbers = text.split(",").map((part) => part.trim().padStart(2, "0"));
  if (numbers.every((number) => /^\d\d$/.test(number))) return numbers;
  throw new InvalidArgumentError("expected numbers such as 01 or 01,03.");
}

function demonstrations(only: readonly string[] | undefined): string[] {
  const all = readFolder()
    .filter((file) => /^\d\d-.*\.ts$/.test(file))
    .toSorted();
  const missing = only?.find((number) => !all.some((file) => file.startsWith(number)));
  if (all.length === 0 || missing !== undefined) {
    throw new PlatformError(
      "not_found",
      missing === undefined ? "there is no demonstration here" : `no demonstration ${missing}`,
      {
        field: "--only",
        expected: all.map((file) => file.slice(0, 2)).join(", "),
        hint: "the tour is part of the source repository: clone it and run npm run tour",
      },
    );
  }
  return all.filter((file) => only === undefined || only.includes(file.slice(0, 2)));
}

function readFolder(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

async function runDemonstration(file: string): Promise<boolean> {
  print(`${pc.bold(`── ${file}`)}\n`);
  const started = systemClock.now();
  const child = spawn(process.execPath, [join(FOLDER, file)], { stdio: "inherit" });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => resolve(status ?? EXIT.failure));
  });
  const took = millisText(systemClock.now() - started);
  print(
    code === 0
      ? `${pc.green("ok")} in ${took}\n\n`
      : `${pc.red(`failed, exit code ${code}`)} after ${took}\n\n`,
  );
  return code === 0;
}
