import { createEscrowCertificate } from '@keyhaven/apple-mdm/keys';
import { signProfile } from '@keyhaven/apple-mdm/sign-profile';
import { seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { answerBinding, escrowKeyBinding, eventBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { enrollmentProver } from './enrollment-prover.ts';
import { type EscrowKeyPool, escrowKeyPool } from './escrow-key-pool.ts';
import { renderRotation, reveal } from './honour-release.ts';
import { openAnswer, readAnswer } from './open-answer.ts';
import {
  createPushRequest,
  openPushIdentity,
  openPushRequestAnswer,
  sealPushCertificate,
} from './push-keys.ts';
import { readEvent } from './read-event.ts';
import { answerScep } from './scep.ts';
import { makeDeviceCa, makeProfileSigner, systemKey } from './system-keys.ts';
import { sealTypedKey } from './typed-key.ts';
import type { Vault } from './vault.ts';

/** The vault inside the server's own process. Makes the installation's own keys at the first start. */
export async function openLocalVault(
  context: VaultContext,
  pool: EscrowKeyPool = escrowKeyPool(),
): Promise<Vault> {
  const ca = await systemKey(context, 'device-ca', makeDeviceCa(context));
  const signer = await systemKey(context, 'profile-signing-key', makeProfileSigner(context, ca));
  return {
    sealTypedKey: (request) => sealTypedKey(context, request),
    sealAnswer: ({ device, answer, ownershipClass, bytes }) =>
      seal(Secret.of(bytes), answerBinding(device, answer, ownershipClass), context.keys),
    readAnswer: (answer) => readAnswer(context, answer),
    openAnswer: (request) => openAnswer(context, request),
    createEscrowKey: async ({ device, escrowKey, ownershipClass }) => {
      const pair = await pool.take();
      const certificate = createEscrowCertificate({
        ...pair,
        commonName: `Keyhaven escrow ${escrowKey}`,
        now: context.clock.now(),
      });
      const secret = Secret.of(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
      const binding = escrowKeyBinding(device, escrowKey, ownershipClass);
      const sealedPrivateKey = await seal(secret, binding, context.keys);
      secret.wipe();
      return { certificate, sealedPrivateKey };
    },
    renderRotation: (request) => renderRotation(context, request),
    reveal: (release) => reveal(context, release),
    sealEvent: ({ enrollment, event, ownershipClass, bytes }) =>
      seal(Secret.of(bytes), eventBinding(enrollment, event, ownershipClass), context.keys),
    readEvent: (event) => readEvent(context, event),
    enrollmentProver: () => enrollmentProver(context),
    answerScep: (enrollment, message) => answerScep(context, ca, enrollment, message),
    deviceCa: async () => ca.certificate.der,
    createPushRequest: (request) => createPushRequest(context, request),
    openPushRequestAnswer: (request, answer) => openPushRequestAnswer(context, request, answer),
    sealPushCertificate: (request) => sealPushCertificate(context, request),
    openPushIdentity: (certificate) => openPushIdentity(context, certificate),
    signProfile: async (profile) => signProfile(profile, signer, [ca.certificate.der]),
  };
}
