import type { Config } from '../../config.ts';
import { installationHeader } from '../../installation.ts';
import { type Answer, ask } from './ask.ts';
import type { Reach } from './reach.ts';

/** What answers on this machine's own port. */
export type LocalServer =
  | { readonly kind: 'running'; readonly ready: boolean; readonly installation: string | null }
  /** Something listens there that is no Keyhaven. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'stopped' };

/** Asks the server of this installation past every proxy. */
export async function askLocalServer(config: Config, reach: Reach): Promise<LocalServer> {
  const url = localUrl(config);
  const health = await ask({ url: new URL('/healthz', url) }, reach);
  if (health.kind === 'no-answer') return { kind: 'stopped' };
  if (!isKeyhaven(health)) return { kind: 'stranger' };
  const readiness = await ask({ url: new URL('/readyz', url) }, reach);
  const ready = readiness.kind === 'answer' && readiness.status === 200;
  return { kind: 'running', ready, installation: installationOf(health) };
}

/** Where the server listens, as this machine reaches it. */
export function localUrl({ host, port }: Pick<Config, 'host' | 'port'>): URL {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}`);
}

/** Whether this is what `GET /healthz` of a Keyhaven answers. */
export const isKeyhaven = (answer: Answer): boolean =>
  answer.kind === 'answer' && answer.status === 200 && answer.body === 'ok\n';

/** The mark of the installation that gave this answer; null where there is none. */
export function installationOf(answer: Answer): string | null {
  const mark = answer.kind === 'answer' ? answer.headers[installationHeader] : undefined;
  return typeof mark === 'string' && mark !== '' ? mark : null;
}
