import { queryOptions } from "@tanstack/react-query";
import type { ModelDetail } from "./api.ts";
import { client } from "./client.ts";
import { HISTORY_SECONDS } from "./load.ts";

/** What the pages read of the server. The event stream says when something is to be read again (live.tsx). */
export const queries = {
  server: () => queryOptions({ queryKey: ["server"], queryFn: async () => client.admin.showServer({}) }),
  models: () =>
    queryOptions({
      queryKey: ["models"],
      queryFn: async () => client.admin.listModels({ query: { limit: 1000 } }),
    }),
  model: (model: string) =>
    queryOptions({
      queryKey: ["models", model],
      queryFn: async () => loadedOnly(await client.admin.showModel({ params: { model } })),
    }),
  versions: (model: string) =>
    queryOptions({
      queryKey: ["models", model, "versions"],
      queryFn: async () => client.admin.listVersions({ params: { model }, query: { limit: 1000 } }),
    }),
  diff: (model: string, from: number, to: number) =>
    queryOptions({
      queryKey: ["models", model, "diff", from, to],
      queryFn: async () => client.admin.diffVersions({ params: { model }, query: { from, to } }),
    }),
  endpoints: () =>
    queryOptions({
      queryKey: ["endpoints"],
      queryFn: async () => client.admin.listEndpoints({ query: { limit: 1000 } }),
    }),
  endpoint: (endpoint: string) =>
    queryOptions({
      queryKey: ["endpoints", endpoint],
      queryFn: async () => client.admin.showEndpoint({ params: { endpoint } }),
      // Who answered is no event.
      refetchInterval: 2000,
    }),
  configuration: () =>
    queryOptions({ queryKey: ["configuration"], queryFn: async () => client.admin.showConfiguration({}) }),
  keys: () => queryOptions({ queryKey: ["keys"], queryFn: async () => client.admin.listKeys({}) }),
  load: () =>
    queryOptions({
      queryKey: ["load"],
      queryFn: async () => client.admin.showLoad({ query: { seconds: HISTORY_SECONDS } }),
      // The event stream adds to it.
      staleTime: Number.POSITIVE_INFINITY,
    }),
};

/** Of a model that is not loaded its description has no more than its own words. */
function loadedOnly({ description, ...model }: { readonly description?: unknown }): ModelDetail {
  const isLoaded = typeof description === "object" && description !== null && "inputs" in description;
  return { ...model, ...(isLoaded && { description }) } as ModelDetail;
}
