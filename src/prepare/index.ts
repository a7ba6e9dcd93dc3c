export type { Preparation, Prepared } from "./contract.ts";
export { typedManifestSchema } from "./manifest-schema.ts";
export { createPreparation } from "./preparation.ts";
export { INPUT_STEPS, OUTPUT_STEPS } from "./steps.ts";
