import { randomIds } from '../../kernel/id.ts';
import type { Role } from '../../kernel/permission.ts';
import { buildHttp } from '../../platform/http/http.ts';
import { identify } from '../access/identify.ts';
import { enrollmentRoutes } from '../devices/enrollment.routes.ts';
import { type EscrowWorld, escrowWorld, type Person } from '../escrow/escrow-world.fixture.ts';
import { httpCall, type Method, type Told } from '../overview/http-call.fixture.ts';
import { CertificateMaker } from './push-certificate.fixture.ts';
import { pushCertificateRoutes } from './push-certificate.routes.ts';
import { createPushCertificates, type PushCertificates } from './push-certificate.ts';
import type { SettingsCertificate } from './settings-certificate.ts';

/** This room and those below it, over real HTTP, with certificates of openssl's. */
export type PushWorld = EscrowWorld & {
  readonly maker: CertificateMaker;
  readonly certificates: PushCertificates;
  /** The same as another process has it. */
  readonly elsewhere: PushCertificates;
  /** What Apple is said to have refused. */
  refused: string | null;
  readonly call: (who: Person | null, method: Method, path: string, body?: unknown) => Promise<Told>;
  readonly admin: () => Promise<Person>;
};

export const settingsPath = '/settings/push-certificate';

export async function pushWorld(
  options: { readonly settings?: SettingsCertificate; readonly topicWithout?: string } = {},
): Promise<PushWorld> {
  const world = await escrowWorld();
  const { database, vault, clock, runner } = world;
  const { settings = null, topicWithout = null } = options;
  const parts = { database, vault, clock, settings, topicWithout };
  const certificates = createPushCertificates(parts);
  const app = await buildHttp({ trustedProxies: [], onFault: (error) => world.faults.push(error) });
  app.addHook('onRequest', identify({ database, clock, publicUrl: new URL('http://localhost:8080') }));
  const organization = 'Example';
  const refused = { why: null as string | null };
  await pushCertificateRoutes(app, {
    database,
    runner,
    vault,
    certificates,
    organization,
    refusedByApple: () => refused.why,
  });
  await enrollmentRoutes(app, {
    runner,
    database,
    vault,
    addresses: { mdmUrl: 'https://mac.example/mdm', scepUrl: 'https://mac.example/scep', tlsRoot: null },
    pushTopic: certificates.pushTopic,
    organization,
    evaluation: true,
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const maker = new CertificateMaker();
  let admin: Promise<Person> | null = null;
  return {
    ...world,
    maker,
    certificates,
    elsewhere: createPushCertificates(parts),
    get refused() {
      return refused.why;
    },
    set refused(why: string | null) {
      refused.why = why;
    },
    call: (who, method, path, body) =>
      httpCall(origin, { method, path: `/api/v1${path}`, token: who?.token ?? null, body }),
    admin: () => (admin ??= world.person(`Ada ${randomIds.next()}`, 'administrator' satisfies Role)),
    close: async () => {
      await app.close();
      maker.remove();
      await world.close();
    },
  };
}
