import { z } from "zod";

const port = z.int().min(0).max(65_535);
const millis = z.int().min(0).max(86_400_000);
const bytes = z
  .int()
  .min(1)
  .max(2 ** 40);
const MIB = 1024 * 1024;
const text = z.string().min(1);

/**
 * Every setting of the server, with its unit in its name, its bounds and its default. The
 * reference page docs/configuration.md is printed from this file; nothing else reads the
 * environment or a settings file.
 */
export const configSchema = z.strictObject({
  models: text.default("models").describe("Folder of models: <name>/<version>/model.onnx or <name>.onnx."),
  modelControl: z
    .enum(["watch", "explicit"])
    .default("watch")
    .describe(
      "watch: load what the folder holds and follow its changes; explicit: load only what is asked for.",
    ),
  versionPolicy: z
    .string()
    .regex(
      /^(all|latest:[1-9][0-9]*|specific:[1-9][0-9]*(,[1-9][0-9]*)*)$/,
      "expected all, latest:N or specific:N,N",
    )
    .default("latest:1")
    .describe("Which versions of each model are served: all, latest:N or specific:N,N."),
  pollMs: z.int().min(50).max(3_600_000).default(1000).describe("How often the folder is looked at."),
  data: z
    .string()
    .default("")
    .describe(
      "Data directory of the registry; empty: no registry, the folder of models is served as it lies there.",
    ),
  databaseUrl: z
    .string()
    .regex(/^(|postgres(ql)?:\/\/.+)$/, "expected postgresql://user:password@host:port/database")
    .default("")
    .describe("PostgreSQL for the registry's records instead of SQLite in the data directory."),
  compat: z
    .enum(["none", "sagemaker", "vertex", "mlflow", "torchserve"])
    .default("none")
    .describe(
      "Whose container this is: settles paths that several of them use, such as /ping and /invocations.",
    ),
  vertex: z
    .strictObject({
      healthRoute: z
        .string()
        .regex(/^(|\/.*)$/, "expected a path")
        .default("")
        .describe("Path of the health check with compat vertex; Vertex AI gives it by AIP_HEALTH_ROUTE."),
      predictRoute: z
        .string()
        .regex(/^(|\/.*)$/, "expected a path")
        .default("")
        .describe("Path of predictions with compat vertex; Vertex AI gives it by AIP_PREDICT_ROUTE."),
    })
    .prefault({}),
  insecure: z
    .boolean()
    .default(false)
    .describe("Listen beyond loopback although nobody has to say who they are."),
  http: z
    .strictObject({
      host: text.default("127.0.0.1").describe("Address to listen on."),
      port: port.default(8080).describe("0 takes any free port."),
      allowedHosts: z
        .array(z.string())
        .default([])
        .describe("Host header names accepted beside loopback names and the listening address."),
      allowedOrigins: z
        .array(z.string())
        .default([])
        .describe("Origins of web pages that may call this server; its own is always allowed."),
      maxBodyBytes: bytes
        .default(64 * MIB)
        .describe("A larger request body, also after decompression, is refused."),
      maxHeaderBytes: z
        .int()
        .min(1024)
        .max(MIB)
        .default(16_384)
        .describe("Request line and headers together."),
      headersTimeoutMs: millis.default(10_000).describe("Until when a client must have sent its headers."),
      requestTimeoutMs: millis
        .default(120_000)
        .describe("Until when a client must have sent its whole request."),
      keepAliveTimeoutMs: millis.default(75_000).describe("How long an idle connection stays open."),
      maxConnections: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(10_000)
        .describe("Connections open at once; further ones are closed."),
      hstsSeconds: z
        .int()
        .min(0)
        .max(63_072_000)
        .default(31_536_000)
        .describe(
          "Under TLS: how long browsers use nothing but TLS for the name of this server (Strict-Transport-Security); 0: not said.",
        ),
    })
    .prefault({}),
  grpc: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Whether gRPC is served."),
      host: text.default("127.0.0.1").describe("Address to listen on."),
      port: port.default(9000).describe("0 takes any free port."),
      maxMessageBytes: z
        .int()
        .min(1)
        .max(2 ** 31 - 1)
        .default(64 * MIB)
        .describe("Largest message either way."),
      maxConcurrentStreams: z.int().min(1).max(100_000).default(1000).describe("Streams per connection."),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certFile: z
        .string()
        .default("")
        .describe("Certificate chain, PEM; read again when it changes. Empty: no TLS."),
      keyFile: z.string().default("").describe("Private key of the certificate, PEM."),
      clientCaFile: z
        .string()
        .default("")
        .describe("Authorities of client certificates, PEM; empty: none are asked for."),
      requireClientCert: z
        .boolean()
        .default(false)
        .describe("Refuse connections without a valid client certificate."),
    })
    .prefault({}),
  access: z
    .strictObject({
      keysFile: z
        .string()
        .default("")
        .describe("API keys of a server without a registry; made by sirve keys create --file."),
      anonymousRole: z
        .enum(["none", "viewer", "predictor"])
        .default("none")
        .describe(
          "What callers may do who do not say who they are, once there are keys, tokens or certificates.",
        ),
      jwtIssuer: z.string().default("").describe("Issuer of accepted tokens (OIDC); empty: no tokens."),
      jwtAudience: z.string().default("").describe("Audience that tokens must name."),
      jwtJwksUrl: z
        .string()
        .default("")
        .describe("Keys of the issuer; empty: found by its OIDC discovery document."),
      jwtRoleClaim: text
        .default("role")
        .describe("Claim with the role, or a list in which the highest known one counts."),
      jwtModelsClaim: text
        .default("models")
        .describe("Claim with the models that exist for the caller; missing: all."),
      oidcClientId: z
        .string()
        .default("")
        .describe(
          "What the issuer knows this server as where people sign in with a browser; empty: they do not.",
        ),
      oidcClientSecretFile: z
        .string()
        .default("")
        .describe("File with the secret of that client; empty: a public client, which PKCE protects."),
      oidcScopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "expected scopes without spaces"))
        .default(["openid"])
        .describe("Scopes that are asked for at a sign-in with the issuer; openid always is."),
      publicUrl: z
        .string()
        .regex(
          /^(|https?:\/\/[A-Za-z0-9.:[\]-]+)$/,
          "expected https://HOST or https://HOST:PORT, without a path",
        )
        .default("")
        .describe(
          "Where browsers reach this server, such as https://models.example; empty: as they asked. With https cookies go over TLS only, also behind a proxy.",
        ),
      certificateRoles: z
        .array(z.string())
        .default([])
        .describe('Roles of client certificates, such as "billing=predictor": common name and role.'),
      sessionHours: z.int().min(1).max(8760).default(12).describe("How long a sign-in with a browser holds."),
      sessionSecretFile: z
        .string()
        .default("")
        .describe(
          "File of 32 bytes or more that sign-ins are sealed with; the same on all servers of one address. Empty: a sign-in holds on one server until it stops.",
        ),
    })
    .prefault({}),
  artifacts: z
    .strictObject({
      url: z
        .string()
        .regex(/^(|s3:\/\/.+)$/, "expected s3://bucket/prefix")
        .default("")
        .describe("Where the registry keeps files: s3://bucket/prefix; empty: in the data directory."),
      s3Endpoint: z.string().default("").describe("Address of an S3-compatible store; empty: AWS."),
      s3Region: z.string().default("").describe("Region of the bucket; empty: as AWS tools find it."),
      maxCacheBytes: bytes
        .default(20_480 * MIB)
        .describe("Size at which files of unused versions leave the local cache, least recently used first."),
      maxUploadBytes: bytes.default(16_384 * MIB).describe("A larger file is refused."),
      orphanHours: z
        .int()
        .min(1)
        .max(8760)
        .default(24)
        .describe("Files and uploads that no version uses are removed after this time."),
    })
    .prefault({}),
  engine: z
    .strictObject({
      lanes: z
        .int()
        .min(0)
        .max(256)
        .default(0)
        .describe("Compute threads; 0: the CPUs of the machine or its cgroup quota."),
      onnxruntimeLibrary: z.string().default("").meta({
        description:
          "Path of another ONNX Runtime shared library, for CUDA and others; empty: the bundled CPU one.",
        alias: "onnxruntime-library",
      }),
      cacheDir: z
        .string()
        .default("")
        .describe("Where probe verdicts are kept; empty: the user's cache folder; none: not kept."),
      probeTimeoutMs: millis
        .default(60_000)
        .describe("Longest the child process that tries a new artifact may take."),
      probeMemoryBytes: bytes.default(4096 * MIB).describe("Memory at which that child process is ended."),
      maxArtifactBytes: bytes.default(16_384 * MIB).describe("A larger model file is refused."),
      allowCode: z
        .boolean()
        .default(false)
        .describe("Whether versions may be code: a handler may do whatever the server may."),
      python: z
        .string()
        .min(1)
        .default("python3")
        .describe("The Python that runs handlers in Python: a name on the PATH, or a path."),
      pythonBuildTimeoutMs: millis
        .default(600_000)
        .describe("Longest that the packages of a requirements.txt may take to be installed."),
      allowRemote: z
        .array(z.string())
        .default([])
        .describe("Origins of servers that remote models may ask, such as http://old:8000; empty: none."),
      remoteSecrets: z
        .array(z.string())
        .default([])
        .describe("Environment variables that a remote model may send as headers, such as OPENAI_API_KEY."),
    })
    .prefault({}),
  scheduler: z
    .strictObject({
      deadlineMs: millis
        .default(30_000)
        .describe("Longest a request may take, queue and run together; 0: no limit."),
      maxQueueRows: z
        .int()
        .min(1)
        .max(2 ** 31)
        .default(4096)
        .describe("Rows that may wait per model version."),
      maxQueueBytes: bytes.default(512 * MIB).describe("Bytes of inputs that may wait per model version."),
      maxOutputBytes: bytes.default(64 * MIB).describe("Bytes of outputs that one request may ask for."),
      maxRows: z
        .int()
        .min(1)
        .max(65_536)
        .default(128)
        .describe("Largest batch tried when a model is profiled."),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(["debug", "info", "warn", "error", "silent"])
        .default("info")
        .describe("Least severe line that is written; silent: none."),
      requests: z.boolean().default(false).describe("One line per request."),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      otlpEndpoint: z
        .string()
        .default("")
        .describe("OTLP over HTTP, such as http://127.0.0.1:4318; empty: no traces."),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      lameDuckMs: millis.default(0).describe("How long to go on serving with readiness false after SIGTERM."),
      graceMs: millis.default(30_000).describe("Time for running requests to end after that."),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
