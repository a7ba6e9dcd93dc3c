import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

/** The server that `npm run web` talks to. */
const SERVER = process.env["SIRVE_URL"] ?? "http://127.0.0.1:8080";
const SOURCES = join(import.meta.dirname, "../src/");
const WIRES = ["/api", "/predict", "/v2", "/metrics", "/openapi.json", "/docs", "/health"];

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2023",
    // A file as a data: address would need a hole in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The client takes little of the folders that it stands on; importing them does nothing by itself.
    rolldownOptions: { treeshake: { moduleSideEffects: (id: string) => !id.startsWith(SOURCES) } },
  },
  server: { proxy: Object.fromEntries(WIRES.map((path) => [path, { target: SERVER, changeOrigin: true }])) },
});

// oxlint-disable-next-line import/no-default-export -- what Vite asks for
export default config;
