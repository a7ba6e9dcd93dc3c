import { Command } from "commander";
import { z } from "zod";
import type { SirveClient } from "../../client/index.ts";
import { allPages } from "../all-pages.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { modelTarget, type Target } from "../model-target.ts";
import { expectShape, modelSchema } from "../model-view.ts";
import { modelsTable } from "../models-table.ts";
import { print, render } from "../output.ts";
import { showModelTable } from "../show-model.ts";
import { diff, remove, tag, versions } from "./models-registry.ts";

/** `sirve models list|show|versions|diff|delete|tag|load|unload`. */
export function command(): Command {
  return new Command("models")
    .description("List, show, compare, tag, delete, load and unload the models of a running server.")
    .addCommand(list())
    .addCommand(show())
    .addCommand(versions())
    .addCommand(diff())
    .addCommand(remove())
    .addCommand(tag())
    .addCommand(change("load", "load a model, or one version, from the server's folder"))
    .addCommand(change("unload", "drain and unload a model, or one version"))
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve models list\n  $ sirve models show churn\n  $ sirve models diff churn 6 7",
    );
}

function list(): Command {
  const made = new Command("list").summary("every version with state, size, load time and batching");
  return addPrintingOptions(made)
    .addHelpText(
      "after",
      "\nExample:\n  $ sirve models list\n\n* marks the version that answers requests without one.",
    )
    .action(async (options: PrintingOptions) => {
      const models = await withServer(options, listModels);
      print(await render(models, options.output, () => modelsTable(models)));
    });
}

const pageSchema = z.looseObject({ models: z.array(modelSchema), next: z.string().optional() });

/** Every model of the server with its versions. */
const listModels = async ({ admin }: SirveClient) =>
  allPages(async (query) => {
    const page = expectShape(pageSchema, await admin.listModels({ query }), "the models");
    return { list: page.models, next: page.next };
  });

interface VersionOptions extends PrintingOptions {
  readonly modelVersion?: number;
}

function show(): Command {
  const made = new Command("show").summary(
    "inputs, outputs, columns and manifest of a model, or of one version",
  );
  return withVersion(addPrintingOptions(made))
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve models show fashion\n  $ sirve models show fashion@2 -o yaml",
    )
    .action(async (target: Target, options: VersionOptions) => {
      const { model, version = options.modelVersion } = target;
      const shown = await withServer<unknown>(options, async ({ admin }) =>
        version === undefined
          ? admin.showModel({ params: { model } })
          : admin.showVersion({ params: { model, version } }),
      );
      print(await render(shown, options.output, () => showModelTable(shown)));
    });
}

function change(verb: "load" | "unload", summary: string): Command {
  const made = new Command(verb).summary(summary);
  return withVersion(addPrintingOptions(made))
    .addHelpText(
      "after",
      `\nExamples:\n  $ sirve models ${verb} fashion\n  $ sirve models ${verb} fashion@2\n\n${EXPLICIT}`,
    )
    .action(async (target: Target, options: VersionOptions) => {
      const { model, version = options.modelVersion } = target;
      const models = await withServer(options, async (server) => {
        const { admin } = server;
        if (version === undefined) await admin[`${verb}Model`]({ params: { model } });
        else await admin[`${verb}Version`]({ params: { model, version } });
        return (await listModels(server)).filter((one) => one.model === model);
      });
      print(await render(models, options.output, () => modelsTable(models)));
    });
}

const EXPLICIT =
  "For a server of a folder with --model-control explicit; a registry loads what its aliases name.";

const withVersion = (made: Command) =>
  made
    .argument("<model[@version]>", "such as fashion or fashion@2", modelTarget)
    .option("--model-version <n>", "this version, as @2 says too", positiveInteger);
