import { GRACE_SECONDS, type PackagePlan } from "../plan.ts";
import { unitAssignment, unitWord } from "../quoting.ts";

/** Name of the unit, and of everything that it owns on a machine. */
export const unitName = ({ name }: PackagePlan): string => `sirve-${name}`;

/** Where install.sh puts the directory. */
export const homeOf = (plan: PackagePlan): string => `/opt/${unitName(plan)}`;

/** The unit: it serves on loopback until told otherwise, and can write nothing but its cache. */
export function unitFile(plan: PackagePlan): string {
  const unit = unitName(plan);
  const home = homeOf(plan);
  const environment = {
    NODE_ENV: "production",
    MALLOC_ARENA_MAX: "2",
    // A user that no file lists has no home of its own, and looking for it is an error.
    HOME: `/var/cache/${unit}`,
    SIRVE_MODELS: `${home}/models`,
    SIRVE_ENGINE_CACHE_DIR: `/var/cache/${unit}`,
    NODE_COMPILE_CACHE: `/var/cache/${unit}/code`,
    ...plan.environment,
  };
  const words = [`${home}/bin/node`, `${home}/program/dist/cli/main.js`, "serve"];
  return `# Made by sirve package; install.sh installs it.
[Unit]
Description=Sirve: ${plan.models.map(({ model, version }) => `${model}@${version}`).join(", ")}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
ExecStart=${words.map(unitWord).join(" ")}
${Object.entries(environment)
  .map(([key, value]) => `Environment=${unitAssignment(key, value)}`)
  .join("\n")}
# Settings of this machine, NAME=value on each line; they overrule those above.
EnvironmentFile=-/etc/${unit}.env
Restart=on-failure
RestartSec=2
KillSignal=SIGTERM
# Longer than the server waits for running requests (shutdown.graceMs).
TimeoutStopSec=${GRACE_SECONDS + 5}
LimitNOFILE=65536

${HARDENING}
CacheDirectory=${unit}

[Install]
WantedBy=multi-user.target
`;
}

/** What systemd.exec(5) offers, but for MemoryDenyWriteExecute: JavaScript and the engine make machine code. */
const HARDENING = `# A user of its own that exists while it runs; all but its cache is read-only or hidden.
DynamicUser=yes
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service`;
