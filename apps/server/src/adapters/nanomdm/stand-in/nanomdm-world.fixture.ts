import { sql } from 'kysely';
import { systemClock } from '../../../kernel/clock.ts';
import { apnsPush } from '../../apns/apns.ts';
import { startTransportWorld, type TransportWorld, type WorldParts } from '../../transport-world.fixture.ts';
import { NanoMdmStandIn } from './nanomdm-stand-in.fixture.ts';

export const apiKey = 'a key of the API, made up';
export const webhookKey = 'a key of the webhook, made up';

export type NanoMdmWorld = TransportWorld & { readonly nanoMdm: NanoMdmStandIn };

/** The whole server behind a stand-in of NanoMDM. */
export async function startNanoMdmWorld(
  extra: Readonly<Record<string, string>> = { KEYHAVEN_NANOMDM_ALLOW_ROTATION: '1' },
): Promise<NanoMdmWorld> {
  let parts: WorldParts | null = null;
  let world: TransportWorld | null = null;
  let ca: Buffer | null = null;
  let push: ReturnType<typeof apnsPush> | null = null;
  const nanoMdm = await new NanoMdmStandIn({
    apiKey,
    webhookKey,
    webhookUrl: () => new URL(`http://127.0.0.1:${parts?.port ?? 0}/nanomdm/webhook`),
    ca: async () => (ca ??= await deviceCa(world)),
    now: () => world?.clock.now() ?? new Date(),
    push: async (request) => {
      const url = parts?.fleet.apns.url ?? '';
      const identity = async (): Promise<null> => null;
      push ??= apnsPush({ url, identity, clock: systemClock, onFault: () => undefined });
      // Safe because APNs knows nothing of enrollments.
      return (await push.send({ ...request, enrollment: '' as never })) === 'sent';
    },
  }).start();
  const started = await startTransportWorld((known) => {
    parts = known;
    return {
      KEYHAVEN_NANOMDM_URL: nanoMdm.url,
      KEYHAVEN_NANOMDM_DEVICE_URL: `${nanoMdm.url}/mdm`,
      KEYHAVEN_NANOMDM_API_KEY: apiKey,
      KEYHAVEN_NANOMDM_WEBHOOK_KEY: webhookKey,
      ...extra,
    };
  });
  world = started;
  return {
    ...started,
    nanoMdm,
    close: async () => {
      await started.close();
      await nanoMdm.stop();
      await push?.close();
    },
  };
}

async function deviceCa(world: TransportWorld | null): Promise<Buffer> {
  if (world === null) throw new Error('a Mac came before the server had started');
  const { rows } = await sql<{ certificate: Buffer }>`
    select certificate_der as certificate from vault_keys where purpose = 'device-ca'`.execute(
    world.server.database,
  );
  return rows[0]?.certificate ?? Buffer.alloc(0);
}
