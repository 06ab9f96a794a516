/**
 * The answer to GetCACaps (RFC 8894 3.5.2), text/plain. macOS splits at LF and compares whole lines, so there is no CR and
 * no blank; AES and SHA-256 are what it then uses. Single DES is taken but not offered.
 */
export const CA_CAPABILITIES = [
  'POSTPKIOperation',
  'SHA-256',
  'AES',
  'SCEPStandard',
  'Renewal',
  'SHA-1',
  'DES3',
].join('\n');

/** macOS compares the whole header, so it carries no charset. */
export const CA_CERTIFICATE_TYPE = 'application/x-x509-ca-cert';

export const PKI_MESSAGE_TYPE = 'application/x-pki-message';
