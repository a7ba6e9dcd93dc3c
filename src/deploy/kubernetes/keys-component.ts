import type { IDeployment } from "kubernetes-models/apps/v1";
import type { PackagePlan } from "../plan.ts";

/** The Secret with the file of keys. */
export const keysSecret = ({ name }: PackagePlan): string => `${name}-keys`;
/** Its entry: what `sirve keys create --file` wrote. */
export const KEYS_ENTRY = "keys.json";

const FOLDER = "/etc/sirve-keys";

/** Callers have to show a key: a change of the Deployment, and nothing but what it changes. */
export function keysPatch(plan: PackagePlan): IDeployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: plan.name },
    spec: {
      // A patch leaves out what it leaves alone; the types do not know patches.
      selector: {},
      template: {
        spec: {
          containers: [
            {
              name: "sirve",
              env: [{ name: "SIRVE_ACCESS_KEYS_FILE", value: `${FOLDER}/${KEYS_ENTRY}` }],
              volumeMounts: [{ name: "keys", mountPath: FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: "keys", secret: { secretName: keysSecret(plan) } }],
        },
      },
    },
  };
}
