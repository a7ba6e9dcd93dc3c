import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { JSX } from "react";
import { SirveError } from "../../../src/client/index.ts";
import { ToastProvider } from "../parts/toast.tsx";
import { LanguageProvider } from "../text/language.tsx";
import { router } from "./router.tsx";

/** What the server says no to is not asked again; where none answers it is. */
function isWorthAnother(count: number, error: unknown): boolean {
  const isGone = error instanceof SirveError && (error.status === 0 || error.status >= 500);
  return isGone && count < 2;
}

const cache = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthAnother, staleTime: 10_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

export function App(): JSX.Element {
  return (
    <CSPProvider disableStyleElements>
      <LanguageProvider>
        <QueryClientProvider client={cache}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </CSPProvider>
  );
}
