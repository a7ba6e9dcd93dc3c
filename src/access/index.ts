export { type Access, type AccessOptions, createAccess, type Keys, openAccess } from "./access.ts";
export { type Peer } from "./credentials.ts";
export { readKeyFile } from "./key-file.ts";
export type { KeyActor, KeySpec, ShownKey } from "./key-records.ts";
export { hashOf, newSecret } from "./secret.ts";
