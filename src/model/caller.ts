/** What a caller may do. Each role may do all that those before it may. */
export const ROLES = ["viewer", "predictor", "releaser", "admin"] as const;

/**
 * viewer: see models, versions, statistics; predictor: ask for predictions; releaser: add versions,
 * promote, roll back, steer endpoints; admin: delete, give keys, read the audit log, back up.
 */
export type Role = (typeof ROLES)[number];

/**
 * What a route or method asks of its caller: a role at least, or nothing. "anyone": the caller is told who they are taken
 * for, and may be nobody.
 */
export type Access = "public" | "anyone" | Role;

/** Who asks, as authentication found out. */
export interface Caller {
  /** For the audit log: "key:ab12cd34", "jwt:alice", "certificate:billing"; "" while there is no authentication. */
  readonly id: string;
  readonly role: Role;
  /** Patterns of the models and endpoints that exist for it, "*" for any text; missing: all. */
  readonly models?: readonly string[];
  /** Whether the model or endpoint of this name exists for the caller. */
  mayUse(name: string): boolean;
}

/** The caller of a server without authentication, and of work that nobody asked for. */
export const ANYONE: Caller = Object.freeze({ id: "", role: "admin", mayUse: () => true });

/** Whether a role reaches what is asked. */
export function reaches(role: Role, access: Access): boolean {
  if (access === "public" || access === "anyone") return true;
  return ROLES.indexOf(role) >= ROLES.indexOf(access);
}

/** Who shows nothing to a server that asks who its callers are: nothing exists for them. */
export const NOBODY: Caller = Object.freeze({ id: "", role: "viewer", models: [], mayUse: () => false });
