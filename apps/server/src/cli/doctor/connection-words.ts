const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'there was no answer in time',
  ABORT_ERR: 'there was no answer in time',
  EACCES: 'this account may not',
};
const tlsWords: Readonly<Record<string, string>> = {
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it offers no TLS 1.2 or later',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it offers no TLS 1.2 or later',
  CERT_HAS_EXPIRED: 'its certificate has ended, or this clock is wrong',
  CERT_NOT_YET_VALID: 'its certificate does not hold yet, or this clock is wrong',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the root of its certificate is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'an intermediate is missing, or its root is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'an intermediate is missing, or its root is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'an intermediate is missing, or its root is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'it refuses the handshake',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it takes nobody without a client certificate',
};

/** Whether it is the way there that is closed, whatever would be spoken on it. */
export const isNetworkFailure = (code: string): boolean => code in networkWords;

/** Why a connection did not come about, as the end of a sentence. */
export const connectionWords = (code: string): string => networkWords[code] ?? tlsWords[code] ?? code;
