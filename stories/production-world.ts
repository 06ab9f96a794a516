import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Fleet } from '@keyhaven/mac/fleet';
import fastify from 'fastify';
import { readConfig } from 'keyhaven/config';
import { mountEvaluationIdentityProvider } from 'keyhaven/evaluation/identity-provider/mount';
import { type Server, startServer } from 'keyhaven/main';
import { createTestDatabase } from 'keyhaven/platform/db/test-database';
import { openLog } from 'keyhaven/platform/log/log';
import { freePort } from './free-port.ts';

/** Servers as a real installation has them: an identity provider of its own, one database, one data folder. */
export type ProductionWorld = {
  readonly servers: readonly Server[];
  /** The settings of all of them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
  readonly logged: () => string;
  readonly close: () => Promise<void>;
};

/** `addresses`: what people and Macs use, a TLS proxy's. `count`: how many processes' worth of servers. */
export async function startProduction(
  addresses: { readonly people: URL; readonly macs: URL; readonly trust: string },
  settings: Readonly<Record<string, string>>,
  count = 1,
): Promise<ProductionWorld> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-production-'));
  const testDatabase = await createTestDatabase();
  const fleet = await Fleet.start({ retryMilliseconds: 300, trust: addresses.trust });
  const port = await freePort();
  const provider = fastify();
  const publicUrl = new URL(`http://localhost:${port}`);
  const client = await mountEvaluationIdentityProvider(provider, { publicUrl, clientUrl: addresses.people });
  await provider.listen({ port, host: '127.0.0.1' });
  const environment = {
    KEYHAVEN_PORT: '0',
    KEYHAVEN_DATA: folder,
    KEYHAVEN_DATABASE_URL: testDatabase.connectionString,
    KEYHAVEN_PUBLIC_URL: addresses.people.origin,
    KEYHAVEN_DEVICE_URL: addresses.macs.origin,
    KEYHAVEN_SCEP_URL: addresses.people.origin,
    KEYHAVEN_OIDC_ISSUER: client.issuer.href,
    KEYHAVEN_OIDC_CLIENT_ID: client.clientId,
    KEYHAVEN_OIDC_CLIENT_SECRET: client.clientSecret,
    KEYHAVEN_OIDC_GROUPS_CLAIM: 'groups',
    KEYHAVEN_ADMINISTRATOR: 'admin@example.com',
    KEYHAVEN_APNS_URL: fleet.apns.url,
    // The service in the fleet asks for no certificate.
    KEYHAVEN_PUSH_TOPIC: 'com.apple.mgmt.External.00000000-1111-2222-3333-444444444444',
    ...settings,
  };
  const config = readConfig(environment);
  let log = '';
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    servers.push(
      await startServer({
        config,
        connectionString: testDatabase.connectionString,
        log: openLog({ destination: { write: (line: string) => void (log += line) } }),
      }),
    );
  }
  return {
    servers,
    environment,
    fleet,
    logged: () => log,
    close: async () => {
      await fleet.close();
      for (const server of servers) await server.stop();
      await provider.close();
      await testDatabase.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
