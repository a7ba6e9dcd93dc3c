export { composePackage } from "./compose/compose-package.ts";
export { dockerPackage } from "./docker/docker-package.ts";
export type { KubernetesOptions } from "./kubernetes/choices.ts";
export { kubernetesPackage } from "./kubernetes/kubernetes-package.ts";
export { writeOciArchive } from "./oci/oci-archive.ts";
export {
  checkFileName,
  type ModelFile,
  modelsOfFolder,
  type PackagedModel,
  packagedModel,
} from "./packaged-model.ts";
export { makePlan, type PackagePlan } from "./plan.ts";
export { type Architecture, ownArchitecture } from "./platform.ts";
export { collectProgram } from "./program.ts";
export { systemdPackage } from "./systemd/systemd-package.ts";
export { writeTree } from "./write-tree.ts";
