export {
  type Access,
  type AccessOptions,
  createAccess,
  type Keys,
  openAccess,
  type SignIns,
} from "./access.ts";
export { addKeyToFile } from "./add-key-to-file.ts";
export { type Peer } from "./credentials.ts";
export type { KeyActor, KeySpec, ShownKey } from "./key-records.ts";
export { setCookie } from "./sessions.ts";
