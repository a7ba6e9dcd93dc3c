export { type Config, configSchema } from "./schema.ts";
