import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { type Environment, type Reader, reader } from './kernel/setting-reader.ts';
import { isNetwork } from './kernel/trusted-proxies.ts';

export type EvaluationConfig = { readonly mode: 'evaluation' };
export type ProductionConfig = {
  readonly mode: 'production';
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly groupsClaim: string | null;
  readonly administratorGroup: string | null;
  readonly helpDeskGroup: string | null;
  readonly auditorGroup: string | null;
};

/** NanoMDM, where it speaks with the Macs in our place. */
export type NanoMdmConfig = {
  /** Where its API answers. */
  readonly url: URL;
  /** Its `/mdm` as Macs reach it; fixed once a Mac is enrolled. */
  readonly deviceUrl: URL;
  readonly apiKey: string;
  /** Of the HMAC over what its webhook sends. */
  readonly webhookKey: string;
  /** Recovery keys may rest in clear in its queue. */
  readonly rotationAllowed: boolean;
};

/** Everything the server is told from outside, parsed once. */
export type Config = {
  readonly identity: EvaluationConfig | ProductionConfig;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: URL;
  /** Where Macs find us; these can never change for an enrolled Mac. */
  readonly deviceUrl: URL;
  readonly scepUrl: URL;
  readonly dataFolder: string;
  readonly databaseUrl: string | null;
  /** Verified e-mail of the first administrator, taken once. */
  readonly administrator: string | null;
  readonly organizationName: string;
  readonly portalName: string;
  readonly apns: { readonly url: string; readonly certificate: string | null; readonly key: string | null };
  /** What Macs are told while no push certificate says it. */
  readonly pushTopic: string | null;
  /** `smtp://` (with STARTTLS) or `smtps://`, with the account's name and password in it. */
  readonly smtpUrl: URL | null;
  /** DER of the private root that the server's TLS certificate leads to; null: a public one. */
  readonly tlsRoot: Buffer | null;
  /** Addresses and networks of proxies whose X-Forwarded-For and Client-Cert count. */
  readonly trustedProxies: readonly string[];
  /** Whether Macs must come through a proxy that has had a TLS handshake with their certificate. */
  readonly clientCertificateRequired: boolean;
  readonly nanoMdm: NanoMdmConfig | null;
  readonly metricsPort: number | null;
  readonly poolSize: number;
};

/** Every problem of the configuration at once, each a sentence. Names variables, never values. */
export class ConfigRefused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigRefused';
    this.problems = problems;
  }
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
export const isLoopback = (host: string): boolean => loopbackNames.has(host) || host.endsWith('.localhost');

/** Reads the configuration. Throws ConfigRefused with all problems together. */
export function readConfig(environment: Environment = process.env): Config {
  const { config, problems } = surveyConfig(environment);
  if (problems.length > 0) throw new ConfigRefused(problems);
  return config;
}

/**
 * The configuration with everything that is wrong with it: a stand-in stands where a setting cannot be read. For
 * looking only; whoever serves with it takes `readConfig`.
 */
export function surveyConfig(environment: Environment = process.env): {
  readonly config: Config;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const read = reader(environment, problems);
  const port = read.integer('KEYHAVEN_PORT', 8080, 0, 65_535);
  const publicUrl = read.url('KEYHAVEN_PUBLIC_URL', `http://localhost:${port}`);
  const deviceUrl = read.url('KEYHAVEN_DEVICE_URL', publicUrl.origin);
  const scepUrl = read.url('KEYHAVEN_SCEP_URL', deviceUrl.origin);
  const config: Config = {
    identity: readIdentity(read),
    host: read.text('KEYHAVEN_HOST') ?? '127.0.0.1',
    port,
    publicUrl,
    deviceUrl,
    scepUrl,
    dataFolder: path.resolve(read.text('KEYHAVEN_DATA') ?? 'data'),
    databaseUrl: read.text('KEYHAVEN_DATABASE_URL'),
    administrator: read.text('KEYHAVEN_ADMINISTRATOR'),
    organizationName: read.text('KEYHAVEN_ORGANIZATION') ?? 'Your organization',
    portalName: read.text('KEYHAVEN_PORTAL_NAME') ?? 'Company Portal',
    apns: {
      url: read.url('KEYHAVEN_APNS_URL', 'https://api.push.apple.com').origin,
      certificate: read.text('KEYHAVEN_APNS_CERTIFICATE'),
      key: read.text('KEYHAVEN_APNS_KEY'),
    },
    pushTopic: read.text('KEYHAVEN_PUSH_TOPIC'),
    smtpUrl: read.mailUrl('KEYHAVEN_SMTP_URL'),
    tlsRoot: readTlsRoot(read),
    trustedProxies: readTrustedProxies(read),
    clientCertificateRequired: read.text('KEYHAVEN_CLIENT_CERTIFICATE') === 'required',
    nanoMdm: readNanoMdm(read),
    metricsPort:
      read.text('KEYHAVEN_METRICS_PORT') === null
        ? null
        : read.integer('KEYHAVEN_METRICS_PORT', 0, 1, 65_535),
    poolSize: read.integer('KEYHAVEN_DATABASE_CONNECTIONS', 10, 2, 200),
  };
  problems.push(...placesRefused(config));
  return { config, problems };
}

function readTlsRoot(read: Reader): Buffer | null {
  const pem = read.text('KEYHAVEN_TLS_ROOT');
  if (pem === null) return null;
  try {
    const certificate = new X509Certificate(pem);
    if (certificate.ca) return certificate.raw;
  } catch {
    // Told below: it may not be repeated.
  }
  read.refuse('KEYHAVEN_TLS_ROOT must be the certificate of a CA in PEM.');
  return null;
}

/** `1` is a proxy on this machine; else addresses and networks such as 10.0.0.5 or 10.1.0.0/16, with commas. */
function readTrustedProxies(read: Reader): readonly string[] {
  const text = read.text('KEYHAVEN_TRUSTED_PROXY');
  if (text === null || text === '0') return [];
  const list = text === '1' ? ['127.0.0.1', '::1'] : text.split(',').map((each) => each.trim());
  if (list.every(isNetwork)) return list;
  read.refuse('KEYHAVEN_TRUSTED_PROXY must be 1, or addresses such as 10.0.0.5 or 10.1.0.0/16 with commas.');
  return [];
}

function placesRefused({
  identity,
  host,
  publicUrl,
  deviceUrl,
  scepUrl,
  pushTopic,
  apns,
  trustedProxies,
  clientCertificateRequired,
  nanoMdm,
}: Config): readonly string[] {
  const problems: string[] = [];
  const addresses = {
    KEYHAVEN_PUBLIC_URL: publicUrl,
    KEYHAVEN_DEVICE_URL: deviceUrl,
    KEYHAVEN_SCEP_URL: scepUrl,
    KEYHAVEN_APNS_URL: new URL(apns.url),
    ...(nanoMdm === null
      ? {}
      : { KEYHAVEN_NANOMDM_URL: nanoMdm.url, KEYHAVEN_NANOMDM_DEVICE_URL: nanoMdm.deviceUrl }),
  };
  for (const [name, url] of Object.entries(addresses)) {
    if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
      problems.push(`${name} must begin with https:// unless it is this machine itself.`);
    }
  }
  if (clientCertificateRequired && trustedProxies.length === 0) {
    problems.push(
      'KEYHAVEN_CLIENT_CERTIFICATE=required needs KEYHAVEN_TRUSTED_PROXY, whose header it believes.',
    );
  }
  if (identity.mode === 'evaluation') {
    if (!isLoopback(host))
      problems.push('Evaluation mode listens on this machine only: leave KEYHAVEN_HOST out.');
    if (!isLoopback(publicUrl.hostname)) {
      problems.push(
        'Evaluation mode is for this machine only: set KEYHAVEN_OIDC_ISSUER before giving it an address.',
      );
    }
  }
  if (pushTopic !== null && !pushTopic.startsWith('com.apple.mgmt.')) {
    problems.push('KEYHAVEN_PUSH_TOPIC must begin with com.apple.mgmt. as in your push certificate.');
  }
  if ((apns.certificate === null) !== (apns.key === null)) {
    problems.push('Give both KEYHAVEN_APNS_CERTIFICATE and KEYHAVEN_APNS_KEY, or neither.');
  }
  return problems;
}

function readIdentity(read: Reader): Config['identity'] {
  if (read.text('KEYHAVEN_OIDC_ISSUER') === null) {
    // Somebody who has set up a sign-in wants it: an issuer that got lost must not open the public accounts.
    const set = signInSettings.filter((name) => read.text(name) !== null);
    if (set.length > 0) read.refuse(`KEYHAVEN_OIDC_ISSUER is missing, although ${set.join(' and ')} is set.`);
    return { mode: 'evaluation' };
  }
  return {
    mode: 'production',
    issuer: read.url('KEYHAVEN_OIDC_ISSUER', 'https://issuer.invalid'),
    clientId: read.required('KEYHAVEN_OIDC_CLIENT_ID'),
    clientSecret: read.required('KEYHAVEN_OIDC_CLIENT_SECRET'),
    groupsClaim: read.text('KEYHAVEN_OIDC_GROUPS_CLAIM'),
    administratorGroup: read.text('KEYHAVEN_ADMINISTRATOR_GROUP'),
    helpDeskGroup: read.text('KEYHAVEN_HELP_DESK_GROUP'),
    auditorGroup: read.text('KEYHAVEN_AUDITOR_GROUP'),
  };
}

const nanoMdmSettings = [
  'KEYHAVEN_NANOMDM_URL',
  'KEYHAVEN_NANOMDM_DEVICE_URL',
  'KEYHAVEN_NANOMDM_API_KEY',
  'KEYHAVEN_NANOMDM_WEBHOOK_KEY',
] as const;
const shortestWebhookKey = 16;

/** All of it or nothing: half of it would leave Macs with nobody who answers, or a webhook that anybody can call. */
function readNanoMdm(read: Reader): NanoMdmConfig | null {
  const allow = read.text('KEYHAVEN_NANOMDM_ALLOW_ROTATION');
  if (allow === null && nanoMdmSettings.every((name) => read.text(name) === null)) return null;
  if (allow !== null && allow !== '1') read.refuse('KEYHAVEN_NANOMDM_ALLOW_ROTATION is 1 or left out.');
  for (const name of ['KEYHAVEN_NANOMDM_URL', 'KEYHAVEN_NANOMDM_DEVICE_URL'] as const) read.required(name);
  const webhookKey = read.required('KEYHAVEN_NANOMDM_WEBHOOK_KEY');
  if (webhookKey !== '' && webhookKey.length < shortestWebhookKey) {
    read.refuse(`KEYHAVEN_NANOMDM_WEBHOOK_KEY must have at least ${shortestWebhookKey} characters.`);
  }
  const deviceUrl = read.url('KEYHAVEN_NANOMDM_DEVICE_URL', 'https://nanomdm.invalid/mdm');
  if (deviceUrl.search !== '' || deviceUrl.hash !== '') {
    read.refuse('KEYHAVEN_NANOMDM_DEVICE_URL ends with its path: Keyhaven adds the query itself.');
  }
  return {
    url: read.url('KEYHAVEN_NANOMDM_URL', 'https://nanomdm.invalid'),
    deviceUrl,
    apiKey: read.required('KEYHAVEN_NANOMDM_API_KEY'),
    webhookKey,
    rotationAllowed: allow === '1',
  };
}

const signInSettings = [
  'KEYHAVEN_OIDC_CLIENT_ID',
  'KEYHAVEN_OIDC_CLIENT_SECRET',
  'KEYHAVEN_OIDC_GROUPS_CLAIM',
  'KEYHAVEN_ADMINISTRATOR_GROUP',
  'KEYHAVEN_HELP_DESK_GROUP',
  'KEYHAVEN_AUDITOR_GROUP',
] as const;
