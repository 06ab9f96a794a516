import type { PersonActor } from '../../kernel/actor.ts';
import { minutes } from '../../kernel/clock.ts';
import type { PersonId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { type Done, done, type Refused, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import {
  endSessionOfToken,
  findNthSessionSince,
  findPersonBySubject,
  insertSession,
  savePerson,
} from './access.store.ts';
import type { SignInClaims } from './identity-provider.port.ts';
import { isNamedAdministrator, type PersonClaims, personOfClaims } from './person-claims.ts';
import { believedPresence } from './presence.ts';
import { expiryOf, hashOfToken, newSessionToken } from './session.ts';
import { type RoleRules, rolesOfGroups, settleRoles } from './settle-roles.ts';

/** At most so many sign-ins of a person in the window (contract.md, "Settled"). */
const mostSignIns = 60;
const windowMs = minutes(10);

export type SignIn = {
  readonly claims: SignInClaims;
  /** Whether a fresh proof was asked for, and when. */
  readonly fresh: boolean;
  readonly askedAt: Date;
  /** The token this browser came with, if any: its session ends here, whoever's it was. */
  readonly previousToken: string | undefined;
};

/** `token` is for the browser's cookie alone and stands nowhere else. */
export type SignedIn = { readonly token: string; readonly person: PersonId };

/** Thrown where the same person's first sign-in was committed by somebody else a moment ago; never leaves here. */
class PersonAppeared extends Error {}

/**
 * Signs a person in: known by issuer and subject alone, never by e-mail. Every sign-in gives a new token.
 * Refuses the 61st within ten minutes; then nothing changes, the earlier session included.
 */
export async function signIn(
  context: { readonly runner: Runner<Tx>; readonly database: Database; readonly rules: RoleRules },
  input: SignIn,
): Promise<Result<SignedIn, Refusal>> {
  try {
    return await signInOnce(context, input);
  } catch (error) {
    if (!(error instanceof PersonAppeared)) throw error;
    return await signInOnce(context, input);
  }
}

async function signInOnce(
  { runner, database, rules }: { runner: Runner<Tx>; database: Database; rules: RoleRules },
  input: SignIn,
): Promise<Result<SignedIn, Refusal>> {
  const claims = personOfClaims(input.claims);
  const known = await findPersonBySubject(database, claims.issuer, claims.subject);
  const actor: PersonActor = {
    kind: 'person',
    person: known ?? runner.ids.next(),
    session: runner.ids.next(),
    name: claims.name,
    email: claims.email,
    permissions: new Set(),
    authenticatedAt: believedPresence(
      { authTime: input.claims.authTime, fresh: input.fresh, askedAt: input.askedAt },
      runner.clock.now(),
    ),
  };
  return await runWrite(runner, actor, ({ tx, now }) =>
    writeSignIn(tx, now, { actor, claims, rules, input }),
  );
}

async function writeSignIn(
  tx: Tx,
  now: Date,
  of: {
    readonly actor: PersonActor;
    readonly claims: PersonClaims;
    readonly rules: RoleRules;
    readonly input: SignIn;
  },
): Promise<Done<SignedIn> | Refused> {
  const { actor, claims, rules, input } = of;
  if ((await savePerson(tx, actor.person, claims, now)) !== actor.person) throw new PersonAppeared();
  const refusal = await refusalOfTooMany(tx, actor.person, now);
  if (refusal !== null) return refuse(refusal);
  const settled = await settleRoles(
    tx,
    actor.person,
    {
      groupRoles: rolesOfGroups(input.claims.groups, rules),
      isNamedAdministrator: isNamedAdministrator(claims, rules.administrator),
    },
    now,
  );
  const previous = input.previousToken === undefined ? null : hashOfToken(input.previousToken);
  const replaced = previous === null ? null : await endSessionOfToken(tx, previous, now);
  const token = newSessionToken();
  const tokenHash = hashOfToken(token);
  if (tokenHash === null) throw new Error('a new token is not in the form of a token');
  await insertSession(tx, {
    id: actor.session,
    tokenHash,
    person: actor.person,
    authenticatedAt: actor.authenticatedAt,
    createdAt: now,
    expiresAt: expiryOf(settled.roles, now),
  });
  const detail = {
    session: actor.session,
    replaced,
    proved: actor.authenticatedAt !== null,
    ...(settled.withdrawn.length === 0 ? {} : { withdrawnRoles: settled.withdrawn.join(' ') }),
  };
  return done({ token, person: actor.person }, { action: 'person.signed-in', detail }, ...settled.notes);
}

async function refusalOfTooMany(tx: Tx, person: PersonId, now: Date): Promise<Refusal | null> {
  const windowStart = new Date(now.getTime() - windowMs);
  const oldest = await findNthSessionSince(tx, person, windowStart, mostSignIns);
  if (oldest === null) return null;
  const waitMs = oldest.getTime() + windowMs - now.getTime();
  return { kind: 'too-many-requests', retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
}
