import type { HttpReply } from "../../protocols/index.ts";
import type { HandlersOf } from "./contract.ts";
import { NO_STORE } from "./reply.ts";
import { checkUnscoped } from "./scope.ts";

/** Everything in one archive, as it is read. */
export function backupHandlers(open: () => AsyncIterable<Uint8Array>): HandlersOf<"backup"> {
  return {
    async backup(_input, { caller, http }) {
      checkUnscoped(caller, "a backup");
      return backupReply(http.method === "HEAD" ? "" : open());
    },
  };
}

function backupReply(body: HttpReply["body"]): HttpReply {
  const headers = {
    ...NO_STORE,
    "content-type": "application/x-tar",
    "content-disposition": 'attachment; filename="sirve-backup.tar"',
  };
  return { status: 200, headers, body };
}
