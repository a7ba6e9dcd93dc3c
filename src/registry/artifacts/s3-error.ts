import { PlatformError } from "../../base/index.ts";

/** Whether a store says that there is no such file. */
export function isNotThere(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== "NoSuchBucket";
}

/** What the client of a store threw, in words without secrets. */
export function s3Error(
  error: unknown,
  what: string,
  place: { readonly url: string; readonly endpoint: string },
): PlatformError {
  if (error instanceof PlatformError) return error;
  const where = place.endpoint === "" ? place.url : `${place.url} at ${place.endpoint}`;
  const details = { cause: error, field: "artifacts.url", got: where };
  const name = nameOf(error);
  const status = statusOf(error);
  if (name === "NoSuchBucket") {
    return new PlatformError("failed_precondition", `${what}: there is no bucket ${place.url}`, {
      ...details,
      hint: "make the bucket, or name another in artifacts.url",
    });
  }
  if (status === 401 || status === 403 || name === "CredentialsProviderError") {
    return new PlatformError("permission_denied", `${what}: ${where} refuses the credentials (${name})`, {
      ...details,
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role, as for all AWS tools",
    });
  }
  return new PlatformError("unavailable", `${what}: ${where} does not answer as it should (${name})`, {
    ...details,
    retryAfterMs: 5000,
  });
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name;
}

function statusOf(error: unknown): number | undefined {
  const meta = error instanceof Error && "$metadata" in error ? error.$metadata : undefined;
  return (meta as { readonly httpStatusCode?: number } | undefined)?.httpStatusCode;
}
