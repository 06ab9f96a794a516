import { type Config, ConfigRefused } from '../../config.ts';
import { problemWords } from '../../platform/http/problems.ts';
import { checkPushPair, flawOfDates } from '../../vault/push-certificate-check.ts';
import { type PushIdentity, pushIdentity } from '../../vault/push-identity.ts';
import { readPushUpload } from '../../vault/push-upload.ts';

/** The push certificate of the settings: in use while none is stored. */
export type SettingsCertificate = {
  readonly identity: PushIdentity;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

/**
 * Checks the certificate of KEYHAVEN_APNS_CERTIFICATE like one that is handed in; null when there is none. One that has
 * expired meanwhile is taken all the same: a server that does not start any more gives nobody a recovery key.
 * @throws ConfigRefused with a sentence
 */
export async function readSettingsCertificate(
  { apns, pushTopic }: Pick<Config, 'apns' | 'pushTopic'>,
  now: Date,
): Promise<SettingsCertificate | null> {
  const { certificate, key } = apns;
  if (certificate === null || key === null) return null;
  const material = await readPushUpload({ certificate, key });
  const pair = material.ok ? checkPushPair(material.value, null) : material;
  if (!pair.ok) throw refusal(problemWords[pair.refusal]);
  const { topic, chain, privateKey } = pair.value;
  const { sha256, notBefore, notAfter } = pair.value.certificate;
  const flaw = flawOfDates({ notBefore, notAfter }, now);
  if (flaw === 'push-certificate-not-yet-valid') throw refusal(problemWords[flaw]);
  if (pushTopic !== null && pushTopic !== topic) {
    throw new ConfigRefused([
      'KEYHAVEN_PUSH_TOPIC is not the topic of KEYHAVEN_APNS_CERTIFICATE: leave it out.',
    ]);
  }
  return { identity: pushIdentity({ id: sha256, topic, chain, privateKey }), notBefore, notAfter };
}

const refusal = (words: { readonly title: string; readonly detail: string }): ConfigRefused =>
  new ConfigRefused([`KEYHAVEN_APNS_CERTIFICATE and KEYHAVEN_APNS_KEY: ${words.title}. ${words.detail}`]);
