import { type Check, fail, reasonOf } from "./finding.ts";

/** Whether the registry of the data directory, or of the database, is sound. Nothing where there is none. */
export const checkRegistry: Check = async ({ config }) => {
  if (config.data === "" && config.databaseUrl === "") return [];
  try {
    const { inspectData } = await import("../../server/index.ts");
    return await inspectData(config);
  } catch (thrown) {
    return [fail("registry", reasonOf(thrown), "restore a backup: sirve restore IN.tar --data DIR")];
  }
};
