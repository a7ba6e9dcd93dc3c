import type { ArtifactDiagnosis, EngineDiagnosis } from "../../server/index.ts";
import { bytesText } from "../quantity.ts";
import { type Check, type Finding, fail, ok, reasonOf, warn } from "./finding.ts";

/** Whether the engine opens, its lanes fit the CPUs, and every model file of a served folder passes its checks. */
export const checkEngine: Check = async ({ config }) => {
  try {
    const { diagnoseEngine, diagnoseModels } = await import("../../server/index.ts");
    const engine = await engineFindings(diagnoseEngine(config));
    const hasRegistry = config.data !== "" || config.databaseUrl !== "";
    return hasRegistry ? engine : [...engine, ...(await modelFindings(diagnoseModels(config)))];
  } catch (thrown) {
    return [fail("engine", reasonOf(thrown), "npm install: a package of the server is missing")];
  }
};

async function engineFindings(diagnosis: Promise<EngineDiagnosis>): Promise<Finding[]> {
  try {
    const { engine, lanes, cpus } = await diagnosis;
    return [ok("engine", engine), lanesFinding(lanes, cpus)];
  } catch (thrown) {
    return [
      fail(
        "engine",
        reasonOf(thrown),
        "npm install onnxruntime-node, or name a library with --onnxruntime-library",
      ),
    ];
  }
}

/** Whether the lanes fit the CPUs that the process may use. */
export function lanesFinding(lanes: number, cpus: number): Finding {
  const detail = `${lanes} for ${cpus} CPUs (of the machine, or its cgroup's quota)`;
  return lanes <= cpus
    ? ok("lanes", detail)
    : warn("lanes", detail, "--engine-lanes 0 takes as many as there are CPUs");
}

async function modelFindings(diagnosis: Promise<readonly ArtifactDiagnosis[]>): Promise<Finding[]> {
  try {
    const artifacts = await diagnosis;
    if (artifacts.length === 0) {
      return [
        warn("models", "the folder holds no model", "put one at <name>/<version>/model.onnx or <name>.onnx"),
      ];
    }
    return artifacts.map(({ model, version, bytes, reason }) => {
      const name = version === 0 ? model : `${model} version ${version}`;
      if (reason === undefined) return ok("model", `${name}, ${bytesText(bytes ?? 0)}: passes the checks`);
      return fail("model", `${name}: ${reason}`, `mend or remove it: it will not load`);
    });
  } catch (thrown) {
    return [fail("models", reasonOf(thrown), "make the folder, or name another: sirve doctor DIR")];
  }
}
