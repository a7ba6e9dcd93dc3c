import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service, ServiceAccount } from "kubernetes-models/v1";
import { parse } from "yaml";
import { aPlan } from "../sample-plan.suite.ts";
import type { KubernetesOptions } from "./choices.ts";
import { deployment } from "./deployment.ts";
import { kubernetesPackage } from "./kubernetes-package.ts";

const MODELS = {
  "deployment.yaml": Deployment,
  "service.yaml": Service,
  "service-account.yaml": ServiceAccount,
  "network-policy.yaml": NetworkPolicy,
  "pod-disruption-budget.yaml": PodDisruptionBudget,
  "autoscaler.yaml": HorizontalPodAutoscaler,
} as const;

function fileOf(path: string, options: KubernetesOptions = {}, plan = aPlan()): unknown {
  const file = kubernetesPackage(plan, options).find((one) => one.path === path);
  assert.ok(file && "text" in file.content, path);
  return parse(file.content.text);
}

function deploymentOf(environment: Record<string, string> = {}): Deployment {
  return new Deployment(fileOf("deployment.yaml", {}, aPlan({ environment })) as Deployment);
}

for (const [path, Model] of Object.entries(MODELS)) {
  test(`${path} is what the schema of Kubernetes asks for`, () => {
    const object = new Model(fileOf(path) as never);
    object.validate();
    assert.deepEqual(object.toJSON(), fileOf(path), "kind and version are its own");
  });
}

test("kustomization.yaml names every manifest, and no other", () => {
  const { resources } = fileOf("kustomization.yaml") as { resources: string[] };
  assert.deepEqual(resources.toSorted(), Object.keys(MODELS).toSorted());
});

test("selectors of all objects choose the pods of the Deployment", () => {
  const labels = deploymentOf().spec?.template.metadata?.labels ?? {};
  const paths = ["deployment.yaml", "service.yaml", "pod-disruption-budget.yaml", "network-policy.yaml"];
  for (const path of paths) {
    const [own = {}] = selectorsIn(fileOf(path));
    assert.ok(Object.keys(own).length > 0, path);
    assert.deepEqual({ ...labels, ...own }, labels, path);
  }
});

/** What stands under `selector`, `podSelector` or within them `matchLabels`, wherever it is. */
function selectorsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, object]) =>
    /^(?:pod)?selector$/i.test(key)
      ? ["matchLabels" in inner ? (inner.matchLabels as object) : inner]
      : selectorsIn(inner),
  );
}

test("a pod keeps to the restricted standard, and ends later than its slowest request", () => {
  const pod = deploymentOf().spec?.template.spec;
  const [container] = pod?.containers ?? [];
  assert.equal(pod?.securityContext?.runAsNonRoot, true);
  assert.equal(pod.securityContext.seccompProfile?.type, "RuntimeDefault");
  assert.deepEqual(container?.securityContext?.capabilities, { drop: ["ALL"] });
  assert.equal(container.securityContext.allowPrivilegeEscalation, false);
  assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  const lameDuck = container.env?.find(({ name }) => name === "SIRVE_SHUTDOWN_LAME_DUCK_MS")?.value;
  assert.ok(Number(lameDuck) > 0);
  assert.ok((pod.terminationGracePeriodSeconds ?? 0) > Number(lameDuck) / 1000 + 30);
});

test("a setting comes out of the manifest as the text that it was, and nothing else changes", () => {
  const plain = JSON.stringify(deploymentOf({ SIRVE_LOG_LEVEL: "x" }));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 40 }), (text) => {
      const made = deploymentOf({ SIRVE_LOG_LEVEL: text });
      const env = made.spec?.template.spec?.containers[0]?.env ?? [];
      const got = env.find(({ name }) => name === "SIRVE_LOG_LEVEL") ?? assert.fail("no setting");
      assert.equal(got.value?.replaceAll("$$", "$"), text);
      got.value = "x";
      assert.equal(JSON.stringify(made), plain);
    }),
    { numRuns: 50 },
  );
});

test("image, size and limits are the user's, and land in the right places", () => {
  const image = "registry.example:5000/team/churn:2026-11";
  const options = { image, replicas: "3-5", cpu: "2", memory: "2Gi", inFlight: "40" };
  const { images } = fileOf("kustomization.yaml", options) as { images: object[] };
  assert.deepEqual(images, [
    { name: "churn", newName: "registry.example:5000/team/churn", newTag: "2026-11" },
  ]);
  const { spec } = fileOf("autoscaler.yaml", options) as HorizontalPodAutoscaler;
  assert.deepEqual([spec?.minReplicas, spec?.maxReplicas], [3, 5]);
  assert.equal(spec?.metrics?.[0]?.pods?.target.averageValue, "40");
  const made = fileOf("deployment.yaml", options) as Deployment;
  const resources = made.spec?.template.spec?.containers[0]?.resources;
  assert.deepEqual(resources, { requests: { cpu: "2", memory: "2Gi" }, limits: { cpu: "2", memory: "2Gi" } });
});

test("an image by digest keeps its digest and needs no build", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const options = { image: `registry.example/churn:7@${digest}` };
  const { images } = fileOf("kustomization.yaml", options) as { images: object[] };
  assert.deepEqual(images, [{ name: "churn", newName: "registry.example/churn", digest }]);
});

test("what Kubernetes would refuse is refused here, by the option's name", () => {
  const bad: [keyof KubernetesOptions, string, string][] = [
    ["image", "Churn Image", "--image"],
    ["image", `a${"/a".repeat(400)}`, "--image"],
    ["replicas", "0", "--replicas"],
    ["replicas", "5-2", "--replicas"],
    ["cpu", "-1", "--cpu"],
    ["cpu", "1Gi", "--cpu"],
    ["memory", "512", "--memory"],
    ["inFlight", "many", "--in-flight"],
  ];
  for (const [option, value, field] of bad) {
    const makes = () => kubernetesPackage(aPlan(), { [option]: value });
    assert.throws(makes, (error: { details: { field: string } }) => error.details.field === field, value);
  }
});

test("other models make another pod", () => {
  const one = deployment(aPlan(), {
    image: { name: "a", tag: "1" },
    replicas: { min: 1, max: 1 },
    cpu: "1",
    memory: "1Gi",
    inFlight: 1,
  });
  const annotation = one.spec?.template.metadata?.annotations?.["sirve.io/models"];
  assert.match(annotation ?? "", /^churn@7 sha256:[0-9a-f]{64}\nfashion@2 sha256:[0-9a-f]{64}$/);
});
