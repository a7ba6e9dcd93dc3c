import { Command } from "commander";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withClient } from "../client-options.ts";
import { modelsTable } from "../models-table.ts";
import { print, render } from "../output.ts";
import { listModels, loadModel, showModel, unloadModel } from "../server-api.ts";
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
    .addHelpText("after", "\nExample:\n  $ sirve models list -o json");
}

function list(): Command {
  const made = new Command("list").summary("every version with state, size, load time and batching");
  return addPrintingOptions(made)
    .addHelpText(
      "after",
      "\nExample:\n  $ sirve models list\n\n* marks the version that answers requests without one.",
    )
    .action(async (options: PrintingOptions) => {
      const models = await withClient(options, listModels);
      print(await render(models, options.output, () => modelsTable(models)));
    });
}

interface VersionOptions extends PrintingOptions {
  readonly modelVersion?: number;
}

function show(): Command {
  const made = new Command("show")
    .summary("inputs, outputs, columns and manifest of a model")
    .argument("<model>");
  return withVersion(addPrintingOptions(made))
    .addHelpText("after", "\nExample:\n  $ sirve models show fashion --model-version 2 -o yaml")
    .action(async (model: string, options: VersionOptions) => {
      const shown = await withClient(options, async (client) =>
        showModel(client, { model, version: options.modelVersion }),
      );
      print(await render(shown, options.output, () => showModelTable(shown)));
    });
}

function change(verb: "load" | "unload", summary: string): Command {
  const made = new Command(verb).summary(summary).argument("<model>");
  return withVersion(addPrintingOptions(made))
    .addHelpText("after", `\nExample:\n  $ sirve models ${verb} fashion`)
    .action(async (model: string, options: VersionOptions) => {
      const reference = { model, version: options.modelVersion };
      const models = await withClient(options, async (client) => {
        await (verb === "load" ? loadModel : unloadModel)(client, reference);
        return (await listModels(client)).filter((one) => one.model === model);
      });
      print(await render(models, options.output, () => modelsTable(models)));
    });
}

const withVersion = (made: Command) =>
  made.option("--model-version <n>", "this version only", positiveInteger);
