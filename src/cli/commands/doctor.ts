import { Command } from "commander";
import pc from "picocolors";
import { configError, readConfig } from "../../config/index.ts";
import { addClientOptions, type ClientOptions } from "../client-options.ts";
import { checkEngine } from "../doctor/engine.ts";
import type { Check, CheckContext, Finding } from "../doctor/finding.ts";
import { checkMachine } from "../doctor/machine.ts";
import { checkPackages } from "../doctor/packages.ts";
import { checkFolders, checkPorts } from "../doctor/places.ts";
import { checkRegistry } from "../doctor/registry.ts";
import { EXIT } from "../exit-code.ts";
import { type Format, outputOption, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { urlOf } from "../serve/addresses.ts";
import { addSettings, sourcesOf } from "../setting-options.ts";
import { renderTable, state } from "../table.ts";

const CHECKS: readonly Check[] = [
  checkMachine,
  checkPackages,
  checkEngine,
  checkFolders,
  checkPorts,
  checkRegistry,
];

/** `sirve doctor`: every check with its remedy; fails if one fails. */
export function command(): Command {
  const made = new Command("doctor")
    .description("Check this machine, the models and the server, with a remedy for each finding.")
    .argument("[models]", "folder of models (same as --models)")
    .addOption(outputOption());
  return addSettings(addClientOptions(made))
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve doctor models/ --http-port 8081\n  $ sirve doctor --data sirve-data",
    )
    .action(doctor);
}

async function doctor(
  folder: string | undefined,
  options: ClientOptions & { readonly output: Format },
  self: Command,
): Promise<void> {
  const sources = sourcesOf(self);
  const flags = folder === undefined ? sources.flags : { ...sources.flags, models: folder };
  const { config, problems } = readConfig({ ...sources, flags });
  if (!config) throw configError(problems);
  const isNamed = self.getOptionValueSource("url") !== "default" || Boolean(sources.env["SIRVE_URL"]);
  const url =
    isNamed || config.http.port === 0 ? options.url : urlOf(config.http, config.tls.certFile !== "");
  const context: CheckContext = { config, env: sources.env, server: { ...options, url } };
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(context)));
  print(await render(findings, options.output, () => findingsTable(findings)));
  if (findings.some(({ status }) => status === "fail")) process.exitCode = EXIT.failure;
}

function findingsTable(findings: readonly Finding[]): string {
  const table = renderTable(
    [{ title: "" }, { title: "CHECK" }, { title: "FOUND" }],
    findings.map(({ check, status, detail }) => [state(status), check, detail]),
  );
  const remedies = findings.flatMap(({ check, remedy }) =>
    remedy === undefined ? [] : [`  ${pc.bold(check)}: ${safeText(remedy)}`],
  );
  return remedies.length === 0 ? table : `${table}\n\nWhat to do:\n${remedies.join("\n")}`;
}
