import { HTTP_PORT } from "./plan.ts";

/** Where the check lies below the program. */
export const HEALTH_FILE = "health.mjs";

/** Asks the server beside it whether it is ready: for images, which hold neither a shell nor curl. */
export const HEALTH_CHECK = `// Ends with 0 if the server in this container is ready.
import http from "node:http";
import https from "node:https";

const { env } = process;
const isTls = Boolean(env.SIRVE_TLS_CERT_FILE);
const cloudRun = env.K_SERVICE && env.PORT;
const port =
  env.SIRVE_HTTP_PORT || env.AIP_HTTP_PORT || env.SAGEMAKER_BIND_TO_PORT || cloudRun || ${HTTP_PORT};
// The certificate names the server as others see it; whether it is ready is all that is asked here.
const options = { host: "127.0.0.1", port, path: "/v2/health/ready", timeout: 4000, rejectUnauthorized: false };
const request = (isTls ? https : http).get(options, (reply) => process.exit(reply.statusCode === 200 ? 0 : 1));
request.on("timeout", () => request.destroy(new Error("no answer")));
request.on("error", () => process.exit(1));
`;
