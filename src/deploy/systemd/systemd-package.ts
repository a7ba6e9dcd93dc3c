import { realpathSync } from "node:fs";
import { askCommands, modelsTable } from "../docker/readme.ts";
import { modelTree } from "../packaged-model.ts";
import type { PackagePlan } from "../plan.ts";
import { diskFile, type Tree, textFile, under } from "../tree.ts";
import { homeOf, unitFile, unitName } from "./unit.ts";

/** `--target systemd`: one directory with Node.js in it, for machines that need to have nothing but glibc. */
export function systemdPackage(plan: PackagePlan, node: string = process.execPath): Tree {
  return [
    textFile(`${unitName(plan)}.service`, unitFile(plan)),
    textFile("install.sh", installScript(plan), true),
    textFile("uninstall.sh", uninstallScript(plan), true),
    textFile("README.md", readme(plan)),
    { ...diskFile("bin/node", realpathSync(node)), isExecutable: true },
    ...under("program", [...plan.program.own, ...plan.program.dependencies]),
    ...modelTree(plan.models),
  ];
}

const installScript = (plan: PackagePlan) => `#!/bin/sh
# Installs this directory as ${homeOf(plan)} and its unit; run again, it replaces what is there and restarts.
set -eu
cd "$(dirname "$0")"
home=${homeOf(plan)}
unit=${unitName(plan)}.service

# Beside it first, so that a copy that is cut short replaces nothing.
rm -rf "$home.new"
mkdir -p "$home.new"
cp -R bin program models "$home.new/"
chown -R 0:0 "$home.new"
"$home.new/bin/node" --version >/dev/null
rm -rf "$home.old"
if [ -e "$home" ]; then mv "$home" "$home.old"; fi
mv "$home.new" "$home"
mkdir -p /etc/systemd/system
install -m 644 "$unit" "/etc/systemd/system/$unit"
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable "$unit"
  systemctl restart "$unit"
fi
rm -rf "$home.old"
echo "installed $home"
`;

const uninstallScript = (plan: PackagePlan) => `#!/bin/sh
# Stops the unit and removes it, its directory and its cache; /etc/${unitName(plan)}.env is left.
set -eu
home=${homeOf(plan)}
unit=${unitName(plan)}.service

if [ -d /run/systemd/system ]; then systemctl disable --now "$unit" || true; fi
rm -f "/etc/systemd/system/$unit"
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
rm -rf "$home" "$home.new" "$home.old" "/var/cache/${unitName(plan)}" "/var/cache/private/${unitName(plan)}"
echo "removed $home"
`;

const readme = (plan: PackagePlan) => `# ${unitName(plan)}

${modelsTable(plan)}

Everything that serving needs lies in this directory, Node.js included: for Linux on ${plan.architecture} with glibc 2.28 or newer.

## Install

    sudo ./install.sh

It copies the directory to ${homeOf(plan)}, and starts the unit ${unitName(plan)}.service, at each boot too. Run from a newer
package, it replaces the older one.

## Ask

${askCommands(plan)}

## Change

Settings stand in /etc/${unitName(plan)}.env, such as \`SIRVE_HTTP_PORT=8081\`; then \`systemctl restart ${unitName(plan)}\`.
It listens on loopback only. Beyond it, it listens once callers have to say who they are (\`SIRVE_ACCESS_KEYS_FILE\`).

## Watch

    systemctl status ${unitName(plan)}
    journalctl --unit ${unitName(plan)} --follow

## Remove

    sudo ./uninstall.sh
`;
