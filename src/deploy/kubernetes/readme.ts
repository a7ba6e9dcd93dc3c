import { askCommands, modelsTable } from "../docker/readme.ts";
import { GRPC_PORT, HTTP_PORT, type PackagePlan } from "../plan.ts";
import { IN_FLIGHT } from "./availability.ts";
import type { KubernetesChoices } from "./choices.ts";
import { KEYS_ENTRY, keysSecret } from "./keys-component.ts";
import { MONITORING_NAMESPACE } from "./network-policy.ts";

/** From the directory to answers, and what to know before it carries traffic. */
export function kubernetesReadme(plan: PackagePlan, choices: KubernetesChoices): string {
  const { name } = plan;
  const { min, max } = choices.replicas;
  return `# ${name} on Kubernetes

${modelsTable(plan)}

For Kubernetes 1.27 or newer. Everything runs under the *restricted* pod security standard.

## Start

${imageCommands(choices)}    kubectl create namespace models
    kubectl label namespace models pod-security.kubernetes.io/enforce=restricted
    kubectl apply --namespace models --kustomize .
    kubectl rollout status --namespace models deployment/${name}

Another place of the image is named in kustomization.yaml, under \`images\`.

## Ask

    kubectl port-forward --namespace models service/${name} ${HTTP_PORT}:80

${askCommands(plan)}

In the cluster: http://${name}.models (REST) and ${name}.models:${GRPC_PORT} (gRPC; many calls share a connection, so let a mesh or
the client spread them over the pods).

## What is here

| file | what it does |
|---|---|
| deployment.yaml | a new pod takes requests once its models are loaded and warm, only then an old one goes; a pod that ends goes on answering until the cluster has stopped sending to it, then answers what it has begun |
| service.yaml | HTTP at 80, gRPC at ${GRPC_PORT} |
| autoscaler.yaml | ${min} to ${max} pods: more above ${choices.inFlight} requests in flight per pod (\`${IN_FLIGHT}\`), fewer after five quiet minutes |
| pod-disruption-budget.yaml | a node that is emptied takes one pod at a time |
| network-policy.yaml | pods of the same namespace may ask, the namespace ${MONITORING_NAMESPACE} may read metrics; the server reaches nothing |
| service-account.yaml | an account without rights and without a token |
| components/ | keys and monitoring, switched on in kustomization.yaml |

The autoscaler needs its metric: Prometheus, prometheus-adapter with components/monitoring/prometheus-adapter-values.yaml, and the
component \`monitoring\` (Prometheus operator). Until then ${min} pods run. ${choices.inFlight} in flight is a start: set it to what one pod holds
while its latency is still what you promise (\`sirve bench\` shows it).

CPU and memory of a pod are ${choices.cpu} and ${choices.memory}, requested and limited alike: the server starts as many compute lanes as it has CPUs.

## Keys

Whoever reaches the pods may ask them: the network policy is the border. To have callers show a key:

    sirve keys create --file ${KEYS_ENTRY} --name shop --role predictor
    kubectl create secret generic --namespace models ${keysSecret(plan)} --from-file ${KEYS_ENTRY}

and name \`components/keys\` in kustomization.yaml. A key is withdrawn, or another one added, by replacing the secret: the server reads it
again, without a restart. Prometheus then needs a viewer's key: \`authorization\` in components/monitoring/service-monitor.yaml.

## Change and go back

Other models make another package: apply it over this one. Back is \`kubectl rollout undo deployment/${name}\`, or applying the older
package again. Settings are \`env\` in deployment.yaml, or a patch of an overlay of your own, which is kept when this directory is made anew.

## Remove

    kubectl delete --namespace models --kustomize .
`;
}

/** An image that is named by digest is there already. */
function imageCommands({ image }: KubernetesChoices): string {
  if ("digest" in image) return "";
  const reference = `${image.name}:${image.tag}`;
  return `    docker build --tag ${reference} image
    docker push ${reference}
`;
}
