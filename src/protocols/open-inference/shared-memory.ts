import { refuse } from "./refusal.ts";

/** This server maps no memory of its clients, as a Triton server without `--allow-client-shm`. */
const SHARED_MEMORY_DISABLED =
  "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.";

/** The refusal to register or unregister a region. */
export function sharedMemoryDisabled(): Error {
  return refuse("unimplemented", SHARED_MEMORY_DISABLED, { hint: "Send tensors as binary data instead." });
}

/** The refusal of a region that a request or a status call names: no region is ever registered. */
export function regionNotFound(region: string, kind: "" | "system " | "cuda " = ""): Error {
  return refuse("not_found", `Unable to find ${kind}shared memory region: '${region}'`, { got: region });
}
