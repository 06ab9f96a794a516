import type { SchemaKey } from './schema-key.ts';

/** Who speaks; in every message, and stated by only some files of the schema (reference section 3.2). */
export const identityKeys: readonly SchemaKey[] = [
  { name: 'UDID', type: 'string', required: true, userEnrollment: 'forbidden' },
  { name: 'EnrollmentID', type: 'string', required: true, userEnrollment: 'required' },
  { name: 'UserID', type: 'string', userChannelOnly: true },
  { name: 'EnrollmentUserID', type: 'string', userChannelOnly: true },
  { name: 'UserShortName', type: 'string', userChannelOnly: true },
  { name: 'UserLongName', type: 'string', userChannelOnly: true },
  { name: 'NotOnConsole', type: 'boolean', userChannelOnly: true },
];

/** What every answer carries (reference section 4.1), which the schema leaves to prose. */
export const answerKeys: readonly SchemaKey[] = [
  ...identityKeys,
  {
    name: 'Status',
    type: 'string',
    required: true,
    values: ['Idle', 'Acknowledged', 'Error', 'CommandFormatError', 'NotNow'],
  },
  { name: 'CommandUUID', type: 'string' },
  { name: 'RequestType', type: 'string' },
  {
    name: 'ErrorChain',
    type: 'array',
    keys: [
      {
        name: 'ErrorChainItem',
        type: 'dictionary',
        keys: [
          { name: 'ErrorCode', type: 'integer', required: true },
          { name: 'ErrorDomain', type: 'string', required: true },
          { name: 'LocalizedDescription', type: 'string', required: true },
          { name: 'USEnglishDescription', type: 'string' },
        ],
      },
    ],
  },
];
