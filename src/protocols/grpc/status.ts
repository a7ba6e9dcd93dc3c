import { PlatformError, STATUS } from "../../base/index.ts";

/** How a call ended, as its trailers say it. */
export interface GrpcStatus {
  /** 0 to 16. */
  readonly code: number;
  readonly message: string;
}

/** The status of a thrown error by the platform's own table. */
export function statusOf(thrown: unknown): GrpcStatus {
  const { code, message } = PlatformError.from(thrown);
  return { code: STATUS[code].grpc, message };
}
