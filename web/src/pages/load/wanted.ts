import type { LoadTestOptions } from "../../../../src/client/index.ts";

/** A test as it is filled in; "" is as it serves. */
export interface WantedTest {
  readonly version: string;
  readonly seconds: string;
  readonly concurrency: string;
  readonly instances: string;
  readonly maxRows: string;
  readonly maxDelayUs: string;
}

export const FIRST_TEST: WantedTest = {
  version: "",
  seconds: "5",
  concurrency: "8",
  instances: "",
  maxRows: "",
  maxDelayUs: "",
};

/** What the server is asked. */
export function optionsOf(wanted: WantedTest): LoadTestOptions {
  const given = (name: keyof WantedTest) => (wanted[name] === "" ? {} : { [name]: Number(wanted[name]) });
  return {
    ...given("version"),
    ...given("seconds"),
    ...given("concurrency"),
    settings: { ...given("instances"), ...given("maxRows"), ...given("maxDelayUs") },
  };
}
