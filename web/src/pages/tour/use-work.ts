import { useState } from "react";
import { type Attempt, useAttempt } from "../../parts/use-attempt.ts";

/** Something that a stop does and shows. */
export interface Work<T> extends Pick<Attempt, "error" | "isBusy"> {
  readonly result: T | undefined;
  readonly start: () => void;
}

/** Does `work` when started, and keeps what it tells. */
export function useWork<T>(work: (tell: (result: T) => void) => Promise<void>): Work<T> {
  const [result, setResult] = useState<T>();
  const { error, isBusy, attempt } = useAttempt();
  return { result, error, isBusy, start: () => void attempt(async () => work(setResult)) };
}
