import { cannotConvert } from "../refusal.ts";

/** What the sum of the trees becomes. */
export type Answer = "value" | "probability" | "probabilities" | "class";

/** How an objective turns margins into answers. */
export interface Objective {
  readonly answer: Answer;
  /** From the sum of trees and base to the prediction. */
  readonly link: "identity" | "sigmoid" | "exp" | "softmax" | "step";
  /** From the file's base score to the base of the sum. */
  readonly base: (score: number) => number;
}

const identity = (score: number) => score;
const logit = (score: number) => -Math.log(1 / score - 1);

const VALUE: Objective = { answer: "value", link: "identity", base: identity };
const EXP: Objective = { answer: "value", link: "exp", base: Math.log };

/** Source: dmlc/xgboost, src/objective: `PredTransform` and `ProbToMargin` of each. */
const OBJECTIVES: Readonly<Record<string, Objective>> = {
  "reg:squarederror": VALUE,
  "reg:linear": VALUE,
  "reg:squaredlogerror": VALUE,
  "reg:pseudohubererror": VALUE,
  "reg:absoluteerror": VALUE,
  "reg:quantileerror": VALUE,
  "reg:logistic": { answer: "value", link: "sigmoid", base: logit },
  "binary:logistic": { answer: "probability", link: "sigmoid", base: logit },
  "binary:logitraw": VALUE,
  "binary:hinge": { answer: "value", link: "step", base: identity },
  "count:poisson": EXP,
  "reg:gamma": EXP,
  "reg:tweedie": EXP,
  "survival:cox": EXP,
  "survival:aft": EXP,
  "rank:pairwise": VALUE,
  "rank:ndcg": VALUE,
  "rank:map": VALUE,
  "multi:softprob": { answer: "probabilities", link: "softmax", base: identity },
  "multi:softmax": { answer: "class", link: "softmax", base: identity },
};

/** @throws PlatformError `unimplemented` for an objective of the user's own, or a new one. */
export function objectiveOf(name: string): Objective {
  const found = Object.hasOwn(OBJECTIVES, name) ? OBJECTIVES[name] : undefined;
  if (found) return found;
  throw cannotConvert(
    `its objective is ${name.slice(0, 60)}, whose meaning this converter does not know`,
    "learner.objective.name",
    `known are ${Object.keys(OBJECTIVES).join(", ")}`,
  );
}
