/** A `Client-Cert` header that holds no certificate. Never holds what was sent. */
export class ClientCertError extends Error {
  override readonly name = 'ClientCertError';
  constructor() {
    super('Client-Cert holds no certificate');
  }
}

const longest = 16 * 1024;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const pem = /^-----BEGIN CERTIFICATE-----\s+(?<body>[A-Za-z0-9+/=\s]+?)\s+-----END CERTIFICATE-----\s*$/;

/**
 * DER of the certificate in a `Client-Cert` header, as a proxy sets it: a byte sequence between colons (RFC 9440, 2.2),
 * or nginx's `$ssl_client_escaped_cert`, PEM in percent-encoding, since nginx cannot write the former. Throws
 * ClientCertError.
 */
export function readClientCert(header: string): Buffer {
  if (header.length > longest) throw new ClientCertError();
  return header.startsWith(':') ? readByteSequence(header) : readEscapedPem(header);
}

function readByteSequence(header: string): Buffer {
  const text = header.endsWith(':') ? header.slice(1, -1) : '';
  return decode(text);
}

function readEscapedPem(header: string): Buffer {
  let text: string;
  try {
    text = decodeURIComponent(header);
  } catch {
    throw new ClientCertError();
  }
  return decode((pem.exec(text)?.groups?.['body'] ?? '').replaceAll(/\s/g, ''));
}

function decode(text: string): Buffer {
  if (!base64.test(text)) throw new ClientCertError();
  return Buffer.from(text, 'base64');
}
