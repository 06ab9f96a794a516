import { z } from 'zod';
import { notice } from './notice.ts';
import { id, timestamp } from './primitives.ts';

/** How a person hears of one kind of notice outside the portal. */
export const notificationPreference = z.object({
  kind: notice.shape.kind,
  /** A security notice goes out on every channel that there is; nobody turns it off. */
  security: z.boolean(),
  email: z.boolean(),
  webPush: z.boolean(),
});
export type NotificationPreference = z.infer<typeof notificationPreference>;

/** A browser that asked to be told. Its address at the push service is never shown again. */
export const pushSubscription = z.object({
  id,
  /** What the browser and the system call themselves, such as `Safari on iPhone`. */
  label: z.string(),
  createdAt: timestamp,
});
export type PushSubscription = z.infer<typeof pushSubscription>;

/** `GET` and `PUT /me/notifications`. Kinds that concern only IT are left out for people without that permission. */
export const notificationSettings = z.object({
  preferences: z.array(notificationPreference),
  /** Null while the installation has no mail server. */
  email: z.object({ address: z.string() }).nullable(),
  /** `publicKey` is the VAPID key, P-256, uncompressed, base64url: what `pushManager.subscribe` wants. */
  webPush: z.object({ publicKey: z.string(), subscriptions: z.array(pushSubscription) }),
});
export type NotificationSettings = z.infer<typeof notificationSettings>;

/** `PUT /me/notifications`: only the kinds named change; one that is a security notice is refused. */
export const notificationChoice = z.object({
  preferences: z
    .array(notificationPreference.pick({ kind: true, email: true, webPush: true }))
    .min(1)
    .max(50),
});

/** `POST /me/push-subscriptions`: as the browser's `PushSubscription.toJSON()` gives it (RFC 8291). */
export const newPushSubscription = z.object({
  endpoint: z.url().max(1000),
  keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
});
