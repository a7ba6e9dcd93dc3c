import { type Check, ok } from "./finding.ts";
import { folderFinding } from "./places.ts";
export const checkEngine: Check = async ({ config }) => [
  ok("engine", "?"),
  await folderFinding(config.models),
];
