/**
 * The console's HTTP API, under `/api/v1` of the governance app. Bodies are JSON, times epoch milliseconds, errors
 * RFC 9457 problems (`ConsoleProblem`). The session travels in a cookie; every write carries `WRITE_HEADER`.
 *
 * Runtimes are reached through it: `/api/v1/runtimes/<name>/...` takes the paths of `runtime/api/contract.ts`, with two
 * differences: a search by identifier is a POST (an identifier never stands in an address), and what may be asked is the
 * list in `server/proxy/routes.ts`.
 */
import type { AuditEntry, LiveChange } from './runtime-shapes.ts';
import type { Limits, Permission, Role, Scope } from './permissions.ts';

export const API_ROOT = '/api/v1';
export const SESSION_COOKIE = 'wardflow_session';
/** Says that somebody has logged in from this browser before; opens nothing. */
export const DEVICE_COOKIE = 'wardflow_device';
/** A page of another origin cannot send this without asking first, and is refused when it asks. */
export const WRITE_HEADER = 'wardflow-console';
/** Sent while somebody is at the keyboard: only then does a request keep the session from idling out. */
export const ACTIVE_HEADER = 'wardflow-active';
/** How a runtime names the session it asks about in `GET /api/v1/sessions/introspect`. */
export const SESSION_HEADER = 'wardflow-session';

export interface ConsoleProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** Seconds to wait, where waiting helps. */
  readonly retryAfter?: number;
}

/** POST /session */
export interface LoginRequest {
  readonly username: string;
  readonly password: string;
  /** Six digits of the app, or a recovery code; asked for by the answer `code-needed` (401). */
  readonly code?: string;
}

/** GET /session/second-factor; POST /session/second-factor/off with a `FullProof` turns it off. */
export interface SecondFactorView {
  /** `null`: there is none. */
  readonly since: number | null;
  readonly recoveryCodes: number;
  /** By their roles, and without it nothing else can be done. */
  readonly demanded: boolean;
}
/** POST /session/second-factor/begin */
export interface SecondFactorBegin {
  readonly password: string;
}
/** The answer to it: for the app, as a picture or by hand. */
export interface Enrolment {
  /** Base32. */
  readonly secret: string;
  /** `otpauth://totp/...`. */
  readonly uri: string;
}
/** POST /session/second-factor/confirm: it is in force, other sessions have ended, and these are shown once. */
export interface SecondFactorConfirm {
  readonly code: string;
}
/** Also the answer to POST /session/second-factor/recovery-codes, which takes a `FullProof`. */
export interface RecoveryCodes {
  readonly recoveryCodes: readonly string[];
}
export interface FullProof {
  readonly password: string;
  readonly code: string;
}

/** GET /session (`null`: not logged in), and the answer to a login. */
export interface SessionView {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Of the roles that count only for some definitions or service lines. */
  readonly limits: Limits;
  /** What they may do somewhere. */
  readonly permissions: readonly Permission[];
  /** The account still has the password it was made with. */
  readonly initialPassword: boolean;
  /** An administrator gave the password: nothing can be done before it is changed. */
  readonly mustChangePassword: boolean;
  /** Their role demands a second step at login: nothing can be done before there is one. */
  readonly owesSecondFactor: boolean;
  readonly expiresAt: number;
}

/** POST /session/password: ends the account's other sessions. */
export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

/** GET /sessions: the caller's own, each a `SessionEntry`; DELETE /sessions/:id ends one. */

/** GET /sessions/introspect, for runtimes: `Authorization: Bearer <service token>` and `Wardflow-Session: <token>`. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly username: string;
      readonly roles: readonly Role[];
      /** Where they may change flows: everywhere, in some definitions and service lines, or (empty lists) nowhere. */
      readonly edits: Scope;
      readonly expiresAt: number;
    };

/** GET /runtimes */
export interface RuntimeEntry {
  readonly name: string;
  readonly reachable: boolean;
  /** Since when it is (un)reachable. */
  readonly since: number;
  /** Why not, and what to do. */
  readonly problem: { readonly code: string; readonly title: string; readonly remedy: string } | null;
  /** Where its editor is, for people who may open it. */
  readonly editor: string | null;
}

/** POST /runtimes/:runtime/messages/search: like the list, by an identifier. Audited by the runtime. */
export interface IdentifierSearch {
  readonly kind: 'patient' | 'order' | 'visit';
  readonly value: string;
  readonly before?: number;
  readonly limit?: number;
}

/** GET /runtimes/:runtime/audit, and GET /audit for the console's own records (logins, refusals): each in words. */
export interface AuditPage {
  readonly records: readonly SpokenRecord[];
}
export interface SpokenRecord extends AuditEntry {
  readonly seq: number;
  readonly sentence: string;
}
/** GET /audit/types: what records can be filtered by. */

/** socket.io, server to browser. */
export interface LiveEvents {
  /** What changed in the last moment; `more`: there was too much to name it all, so everything may have. */
  changes(event: { readonly runtime: string; readonly changes: readonly LiveChange[]; readonly more: boolean }): void;
  runtime(entry: RuntimeEntry): void;
  /** Something about this proposal is new: its state, seats, checks, scenarios, discussion. */
  proposal(event: { readonly number: number }): void;
  /** What an environment runs, or whom it trusts, has changed. */
  environment(event: { readonly environment: string }): void;
  /** The session ended: log in again. */
  ended(): void;
}
