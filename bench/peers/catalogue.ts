/** A rival server: how it is started and where it answers for each of the two models. */
export interface Peer {
  readonly name: string;
  /** Its environment under the peers' home; the peer is left out where that is missing. */
  readonly environment: string;
  /** "{home}", "{here}" and "{port}" are filled in. */
  readonly start: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly body: "v2" | "rows";
  /** Path for model "{model}". */
  readonly path: string;
}

const python = (environment: string, file: string) => [
  `{home}/${environment}/bin/python`,
  `{here}/servers/${file}`,
];
const V2_PATH = "/v2/models/{model}/infer";

/** Every peer that install.sh knows. */
export const PEERS: readonly Peer[] = [
  {
    name: "FastAPI",
    environment: "fastapi",
    start: python("fastapi", "fastapi_server.py"),
    body: "v2",
    path: V2_PATH,
  },
  {
    name: "MLServer",
    environment: "mlserver",
    start: python("mlserver", "mlserver_server.py"),
    body: "v2",
    path: V2_PATH,
  },
  {
    name: "LitServe",
    environment: "litserve",
    start: python("litserve", "litserve_server.py"),
    body: "rows",
    path: "/{model}",
  },
  {
    name: "BentoML",
    environment: "bentoml",
    start: [
      "{home}/bentoml/bin/bentoml",
      "serve",
      "bentoml_server:Peers",
      "--host",
      "127.0.0.1",
      "--port",
      "{port}",
    ],
    body: "rows",
    path: "/{model}",
  },
  {
    name: "KServe",
    environment: "kserve",
    start: python("kserve", "kserve_server.py"),
    body: "v2",
    path: V2_PATH,
  },
  {
    name: "Ray Serve",
    environment: "rayserve",
    start: python("rayserve", "rayserve_server.py"),
    env: { RAY_USAGE_STATS_ENABLED: "0", RAY_AUTH_MODE: "disabled", RAY_worker_niceness: "0" },
    body: "v2",
    path: "/{model}",
  },
  {
    name: "Triton (python backend)",
    environment: "triton",
    start: ["bash", "{here}/servers/triton_server.sh"],
    body: "v2",
    path: V2_PATH,
  },
  {
    name: "TorchServe",
    environment: "torchserve",
    start: ["bash", "{here}/servers/torchserve_server.sh"],
    body: "rows",
    path: "/predictions/{model}",
  },
];
