import { certificateList } from './certificate-list.ts';
import { type CommandHandler, errorResult } from './command.ts';
import { deviceInformation } from './device-information.ts';
import { installProfile } from './install-profile.ts';
import { profileList } from './profile-list.ts';
import { removeProfile } from './remove-profile.ts';
import { rotateFileVaultKey } from './rotate-file-vault-key.ts';
import { securityInfo } from './security-info.ts';

const HANDLERS: ReadonlyMap<string, CommandHandler> = new Map([
  ['CertificateList', certificateList],
  ['DeviceInformation', deviceInformation],
  ['InstallProfile', installProfile],
  ['ProfileList', profileList],
  ['RemoveProfile', removeProfile],
  ['RotateFileVaultKey', rotateFileVaultKey],
  ['SecurityInfo', securityInfo],
]);

/** The handler of a request type; Macs answer 12021 to those they do not know. */
export function handlerOf(requestType: string): CommandHandler {
  return (
    HANDLERS.get(requestType) ??
    (() => ({
      result: errorResult('MCMDMErrorDomain', 12021, `Unknown command: ${requestType} <MDMClientError:91>`),
    }))
  );
}
