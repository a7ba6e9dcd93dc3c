/** Packages that the build leaves outside its bundle: they load native code or data files. */
export const EXTERNAL_PACKAGES: readonly string[] = [
  "@huggingface/tokenizers",
  "koffi",
  "onnxruntime-node",
  "sharp",
  "swagger-ui-dist",
];

/** Dependencies of those that only their install scripts use, or their reports to their makers. */
export const INSTALL_ONLY: ReadonlySet<string> = new Set(["@scarf/scarf", "adm-zip", "global-agent"]);
