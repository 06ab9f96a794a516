import type { NanoMdmHealth } from '../../../adapters/nanomdm/nanomdm-health.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Whether both directions of the conversation with NanoMDM work. */
export function nanoMdmFindings(health: NanoMdmHealth, now: Date): readonly Finding[] {
  const findings = [...webhookFindings(health, now), ...apiFindings(health)];
  const { waitingEvents, oldestWaitingAt } = health;
  if (oldestWaitingAt !== null && now.getTime() - oldestWaitingAt.getTime() > 10 * minuteMs) {
    const what = `${waitingEvents} of its events wait to be made sense of, the oldest for over ten minutes`;
    findings.push(warning(what, 'Look into the log of the server: it says what stands in the way.'));
  }
  return findings.length > 0 ? findings : [fine('is heard, and takes commands')];
}

function webhookFindings({ webhookHeardAt }: NanoMdmHealth, now: Date): readonly Finding[] {
  const next =
    'See that NanoMDM runs with -webhook-url and -webhook-hmac-key as adapters/nanomdm/README.md has them.';
  if (webhookHeardAt === null) return [warning('its webhook has never been heard', next)];
  const silent = now.getTime() - webhookHeardAt.getTime() > dayMs;
  return silent ? [warning('its webhook has not been heard for over a day', next)] : [];
}

/** A fault that no later answer has made good. */
function apiFindings({ apiAnsweredAt, apiFault, commandsNotTaken }: NanoMdmHealth): readonly Finding[] {
  if (apiFault === null || (apiAnsweredAt !== null && apiAnsweredAt > apiFault.at)) return [];
  return [
    failed(
      `its API does not take commands (${apiFault.why}); ${commandsNotTaken} wait`,
      'Check KEYHAVEN_NANOMDM_URL and KEYHAVEN_NANOMDM_API_KEY, and that NanoMDM runs.',
    ),
  ];
}
