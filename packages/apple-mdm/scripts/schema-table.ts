import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SchemaKey, SchemaTable } from '../src/schema/schema-key.ts';
import { at, countKeys, readKeys, text } from './schema-keys.ts';
import { readSchemaYaml, type YamlMapping } from './schema-yaml.ts';

/** The files whose facts Keyhaven uses, below `mdm/`. */
export const schemaFiles = {
  checkIns: [
    'checkin/authenticate.yaml',
    'checkin/tokenupdate.yaml',
    'checkin/checkout.yaml',
    'checkin/setbootstraptoken.yaml',
    'checkin/getbootstraptoken.yaml',
    'checkin/userauthenticate.yaml',
    'checkin/declarativemanagement.yaml',
    'checkin/gettoken.yaml',
  ],
  commands: [
    'commands/information.device.yaml',
    'commands/information.security.yaml',
    'commands/profile.install.yaml',
    'commands/profile.remove.yaml',
    'commands/profile.list.yaml',
    'commands/certificate.list.yaml',
    'commands/rotate.file.vault.key.yaml',
  ],
  payloads: [
    'profiles/TopLevel.yaml',
    'profiles/CommonPayloadKeys.yaml',
    'profiles/com.apple.mdm.yaml',
    'profiles/com.apple.security.scep.yaml',
    'profiles/com.apple.security.root.yaml',
    'profiles/com.apple.security.pkcs1.yaml',
    'profiles/com.apple.security.FDERecoveryKeyEscrow.yaml',
    'profiles/com.apple.MCX.FileVault2.yaml',
    'profiles/com.apple.MCX(FileVault2).yaml',
  ],
} as const;

type KeysByName = Record<string, readonly SchemaKey[]>;

/** Reads the table out of a checkout of apple/device-management. */
export function readSchemaTable(folder: string): SchemaTable {
  const checkIns: KeysByName = {};
  const commands: KeysByName = {};
  const answers: KeysByName = {};
  const payloads: KeysByName = {};
  for (const file of schemaFiles.checkIns) {
    const schema = readFacts(folder, file);
    checkIns[nameOf(schema, 'requesttype')] = readKeys(schema['payloadkeys']);
  }
  for (const file of schemaFiles.commands) {
    const schema = readFacts(folder, file);
    commands[nameOf(schema, 'requesttype')] = readKeys(schema['payloadkeys']);
    answers[nameOf(schema, 'requesttype')] = readKeys(schema['responsekeys']);
  }
  for (const file of schemaFiles.payloads) {
    const schema = readFacts(folder, file);
    payloads[nameOf(schema, 'payloadtype')] = readKeys(schema['payloadkeys']);
  }
  return { checkIns, commands, answers, payloads };
}

/** @throws Error when the reader found another number of keys than there are lines that state one */
function readFacts(folder: string, file: string): YamlMapping {
  const source = readFileSync(path.join(folder, 'mdm', file), 'utf8');
  const schema = readSchemaYaml(source);
  const stated = source.match(/^ *- key: /gm)?.length ?? 0;
  const found = countKeys(schema['payloadkeys']) + countKeys(schema['responsekeys']);
  if (found !== stated) throw new Error(`${file}: found ${found} keys of ${stated}`);
  return schema;
}

function nameOf(schema: YamlMapping, key: string): string {
  const name = text(at(schema, 'payload'), key);
  if (name === undefined) throw new Error(`no ${key}`);
  return name;
}
