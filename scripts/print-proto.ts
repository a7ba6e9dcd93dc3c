import { mkdirSync, writeFileSync } from "node:fs";
import {
  healthService,
  inferenceService,
  printProto,
  protoFile,
  type ServiceTable,
} from "../src/protocols/index.ts";

/** The files of proto/, for users who generate clients: printed from the tables that the server itself uses. */
export const PROTO_FILES: readonly (readonly [string, ServiceTable])[] = [
  ["proto/inference.proto", inferenceService],
  ["proto/health.proto", healthService],
];

/** The text of one of them. */
export function protoText(service: ServiceTable): string {
  return `// Printed by scripts/print-proto.ts; do not edit.\n${printProto(protoFile(service))}`;
}

if (import.meta.main) {
  mkdirSync("proto", { recursive: true });
  for (const [path, service] of PROTO_FILES) writeFileSync(path, protoText(service));
}
