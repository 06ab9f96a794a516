import type { Check } from './check.ts';
import { addressCheck } from './checks/address-check.ts';
import { clockCheck } from './checks/clock-check.ts';
import { databaseCheck } from './checks/database-check.ts';
import { diskCheck } from './checks/disk-check.ts';
import { identityCheck } from './checks/identity-check.ts';
import { mailCheck } from './checks/mail-check.ts';
import { masterKeyCheck } from './checks/master-key-check.ts';
import { modeCheck } from './checks/mode-check.ts';
import { nanoMdmCheck } from './checks/nanomdm-check.ts';
import { proxyCheck } from './checks/proxy-check.ts';
import { pushCertificateCheck } from './checks/push-certificate-check.ts';
import { serverCheck } from './checks/server-check.ts';
import { tlsCheck } from './checks/tls-check.ts';

/** What `keyhaven doctor` looks at, in the order of its report. */
export const checks: readonly Check[] = [
  modeCheck,
  serverCheck,
  addressCheck,
  tlsCheck,
  proxyCheck,
  databaseCheck,
  masterKeyCheck,
  diskCheck,
  clockCheck,
  identityCheck,
  pushCertificateCheck,
  nanoMdmCheck,
  mailCheck,
];
