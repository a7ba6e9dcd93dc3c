/** What a person has put together for a model. */
export interface Draft {
  /** The body to send, with its type. */
  readonly body: Blob;
  /** The same as rows, where it is rows: for code. */
  readonly rows?: readonly object[];
  /** What it is shown with: the file itself. */
  readonly kind: "rows" | "image" | "sound" | "text";
}

export const rowsDraft = (rows: readonly object[]): Draft => ({
  body: jsonBlob({ rows }),
  rows,
  kind: "rows",
});

const jsonBlob = (value: unknown): Blob => new Blob([JSON.stringify(value)], { type: "application/json" });

/** CSV, unless it begins as JSON does. */
export function pastedDraft(text: string): Draft {
  const isJson = /^\s*[[{]/.test(text);
  return { body: new Blob([text], { type: isJson ? "application/json" : "text/csv" }), kind: "rows" };
}
