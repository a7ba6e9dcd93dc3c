import type { Command, Option } from "commander";

/** How options are shown: choices and default as they are typed, what must be given marked, "off" left out. */
export function optionText({ description, argChoices, defaultValue, mandatory, negate }: Option): string {
  const extra = [
    ...(argChoices ? [argChoices.join(", ")] : []),
    ...(isShown(defaultValue, negate) ? [`default: ${valueText(defaultValue)}`] : []),
    ...(mandatory && defaultValue === undefined ? ["required"] : []),
  ];
  return extra.length === 0 ? description : `${description} (${extra.join("; ")})`;
}

function isShown(value: unknown, isNegation: boolean): boolean {
  return value !== undefined && typeof value !== "boolean" && !isNegation && valueText(value) !== "";
}

/** A list as it is typed; a map that is empty at first has no text. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Shows the options of a command so, and its summary where it has no description. */
export function prepareHelp(command: Command): void {
  command.configureHelp({ optionDescription: optionText });
  const summary = command.summary();
  if (command.description() === "" && summary !== "") {
    command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
  }
}
