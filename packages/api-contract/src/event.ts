import { z } from 'zod';
import { id } from './primitives.ts';

/** Server-sent events of `GET /events`. Each says only what changed; the reader fetches it again. */
export const deviceEvent = z.object({ deviceId: id });
export const attemptEvent = z.object({ deviceId: id, attemptId: id });
export const noticeEvent = z.object({ noticeId: id });
