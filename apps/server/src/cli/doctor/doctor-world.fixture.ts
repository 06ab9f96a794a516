import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type OddProvider, startOddProvider } from '../../adapters/oidc/odd-provider.fixture.ts';
import { readConfig } from '../../config.ts';
import { type Server, startServer } from '../../main.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { silentLog } from '../../platform/log/log.ts';
import { runDoctor } from '../doctor.ts';
import { type Authority, makeAuthority } from './certificates.fixture.ts';
import { freePort } from './free-port.fixture.ts';
import type { Trust } from './reach.ts';
import { machineTrust } from './roots.ts';
import { loopbackLookup, startTlsFront, type TlsFront } from './tls-front.fixture.ts';

export const host = 'keys.example.test';
/** Secrets that no output may hold. */
export const canaries = {
  client: 'canary-client-secret',
  database: 'canary-database-password',
  mail: 'canary-mail-password',
} as const;

export type Environment = Readonly<Record<string, string>>;
export type Said = { readonly code: number; readonly text: string };

/** A real installation behind TLS, with an identity provider, and the command before it. */
export type DoctorWorld = {
  readonly authority: Authority;
  readonly front: TlsFront;
  readonly provider: OddProvider;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly environment: Environment;
  readonly start: () => Promise<Server>;
  /** Runs the command; `more` changes the environment; the authority is a public one unless `around` says so. */
  readonly doctor: (
    args?: readonly string[],
    more?: Environment,
    around?: { readonly trust?: Trust; readonly limitMs?: number },
  ) => Promise<Said>;
  /** Everything that the command ever printed here. */
  readonly said: () => string;
  readonly close: () => Promise<void>;
};

/** Makes it, the server not started yet. */
export async function makeDoctorWorld(): Promise<DoctorWorld> {
  const authority = makeAuthority();
  const front = await startTlsFront(authority.issue(host));
  const provider = await startOddProvider();
  describeFully(provider);
  const database = await createTestDatabase();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-doctor-'));
  const environment: Environment = {
    KEYHAVEN_PORT: String(await freePort()),
    KEYHAVEN_PUBLIC_URL: `https://${host}:${front.port}`,
    KEYHAVEN_DATA: folder,
    KEYHAVEN_DATABASE_URL: database.connectionString,
    KEYHAVEN_OIDC_ISSUER: provider.issuer.href,
    KEYHAVEN_OIDC_CLIENT_ID: 'keyhaven',
    KEYHAVEN_OIDC_CLIENT_SECRET: canaries.client,
  };
  const roots = machineTrust([authority.root]);
  const publicly: Trust = { ...roots, publicRoots: roots.allRoots };
  let said = '';
  return {
    authority,
    front,
    provider,
    database,
    folder,
    environment,
    start: async () => {
      const connectionString = database.connectionString;
      const server = await startServer({ config: readConfig(environment), connectionString, log: silentLog });
      front.behind = server.port;
      return server;
    },
    doctor: async (args = [], more = {}, around = {}) => {
      let text = '';
      const world = { print: (line: string) => void (text += `${line}\n`) };
      const merged = { ...environment, ...more };
      const surroundings = { environment: merged, trust: publicly, lookup: loopbackLookup, ...around };
      const code = await runDoctor(args, world, surroundings);
      said += text;
      return { code, text };
    },
    said: () => said,
    close: async () => {
      await front.close();
      await provider.close();
      await database.close();
      authority.remove();
      await rm(folder, { recursive: true });
    },
  };
}

/** A provider that says all there is to say, and knows our client by its secret. */
export function describeFully(provider: OddProvider, issuer = provider.issuer.href): void {
  const base = provider.issuer.origin;
  const description = {
    issuer,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    id_token_signing_alg_values_supported: ['ES256'],
    claims_supported: ['sub', 'auth_time'],
  };
  provider.instead.set('/.well-known/openid-configuration', (response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(description));
  });
  const known = `Basic ${Buffer.from(`keyhaven:${canaries.client}`).toString('base64')}`;
  provider.instead.set('/token', (response) => {
    const isKnown = response.req.headers.authorization === known;
    const error = isKnown ? 'invalid_grant' : 'invalid_client';
    response.writeHead(isKnown ? 400 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error, error_description: 'canary-provider-text' }));
  });
}
