import type { SpannedJson } from "../../base/index.ts";
import { MAX_CLASSES } from "./classification.ts";
import type { OutputRequest } from "./infer-call.ts";
import { asBoolean, asObject, asString, asUnsigned, type JsonObject, requiredField } from "./json-fields.ts";
import { refuse, refuseRequest } from "./refusal.ts";
import { regionNotFound } from "./shared-memory.ts";

/** The requested outputs of a JSON request. @throws PlatformError with the contract's words. */
export function decodeOutputs(items: readonly SpannedJson[], id: string): OutputRequest[] {
  const outputs: OutputRequest[] = [];
  for (const item of items) {
    const output = asObject(item, "outputs");
    const name = asString(requiredField(output, "name"), "name");
    checkUnrequested(outputs, name, id);
    const parameters = output["parameters"];
    outputs.push(
      parameters === undefined
        ? { name, classes: 0 }
        : decodeOutput(name, asObject(parameters, "parameters")),
    );
  }
  return outputs;
}

/** @throws PlatformError if an output is requested twice. */
export function checkUnrequested(outputs: readonly OutputRequest[], name: string, id: string): void {
  if (outputs.some((output) => output.name === name)) {
    throw refuseRequest(id, `output '${name}' already exists in request`, { field: name });
  }
}

/** @throws PlatformError if more classes are asked for than an answer may hold. */
export function checkClasses(classes: number): number {
  if (classes <= MAX_CLASSES) return classes;
  const text = `invalid value for 'classification' parameter, expected at most ${MAX_CLASSES}, got ${classes}`;
  throw refuse("invalid_argument", text, { field: "classification", got: String(classes) });
}

function decodeOutput(name: string, parameters: JsonObject): OutputRequest {
  const { classification, binary_data: binary, shared_memory_region: region } = parameters;
  if (region !== undefined) throw sharedOutput(asString(region, "shared_memory_region"), parameters);
  const classes =
    classification === undefined ? 0 : checkClasses(asUnsigned(classification, "classification"));
  return { name, classes, ...(binary !== undefined && { binary: asBoolean(binary, "binary_data") }) };
}

function sharedOutput(region: string, { classification, binary_data: binary }: JsonObject): Error {
  const other = binary === true ? "binary_data" : "classification";
  if (binary !== true && classification === undefined) return regionNotFound(region);
  return refuse("invalid_argument", `Output can't set both 'shared_memory_region' and '${other}'`);
}
