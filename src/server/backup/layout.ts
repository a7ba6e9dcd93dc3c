import { z } from "zod";

/** The first entry of an archive. */
export const HEAD_NAME = "backup.json";
/** The second: a JSON object on each line, a row of a table each. */
export const RECORDS_NAME = "records.jsonl";

const BLOB = /^blobs\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

/** Where a file lies in an archive. */
export const blobName = (digest: string): string => `blobs/${digest.slice(0, 2)}/${digest}`;

/** The digest of a file by its name in an archive; undefined if it is no file of ours. */
export const digestOf = (name: string): string | undefined => BLOB.exec(name)?.[2];

/** The format of archives that this program writes and reads. */
export const ARCHIVE_FORMAT = 1;

/** What an archive says of itself. */
export const headSchema = z.strictObject({
  sirveBackup: z.literal(ARCHIVE_FORMAT),
  createdAt: z.string(),
  records: z.strictObject({ format: z.int().min(1), storeId: z.string().max(200), rows: z.int().min(0) }),
  files: z.strictObject({ count: z.int().min(0), bytes: z.int().min(0) }),
});

export type ArchiveHead = z.infer<typeof headSchema>;

/** One line of the records. */
export const rowSchema = z.strictObject({
  table: z.string().max(100),
  row: z.record(z.string().max(100), z.union([z.string(), z.number(), z.null()])),
});

const filesSchema = z.array(
  z.looseObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) }),
);

/** The files that a row of the table of versions names, by digest, with their sizes. */
export function filesOfRow({ table, row }: z.infer<typeof rowSchema>): z.infer<typeof filesSchema> {
  return table === "versions" ? filesSchema.parse(JSON.parse(String(row["files"]))) : [];
}
