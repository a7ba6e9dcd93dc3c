export {
  type Access,
  type AccessOptions,
  createAccess,
  type Keys,
  openAccess,
} from "./access.ts";
export { addKeyToFile } from "./add-key-to-file.ts";
export { Attempts } from "./attempts.ts";
export { printCookie } from "./cookie.ts";
export { type Peer } from "./credentials.ts";
export { NOTHING_BEGUN } from "./issuer-sign-in.ts";
export type { KeyActor, KeySpec, ShownKey } from "./key-records.ts";
export { ownPath } from "./own-path.ts";
export { setCookie } from "./sessions.ts";
export type { IssuerDoor, SignIns } from "./sign-ins.ts";
