import { OpensslFolder } from '@keyhaven/apple-mdm/oracle/openssl';

export type PemPair = { readonly certificate: string; readonly key: string };
export const topicNumber = (number: number): string =>
  `com.apple.mgmt.External.${String(number).padStart(8, '0')}-1111-2222-3333-444444444444`;

/** Certificates as Apple's, made by the `openssl` command: the independent hand. */
export class CertificateMaker {
  readonly folder = new OpensslFolder();
  #made = 0;

  /** A self-signed certificate with its key, from now on. `key`: openssl's words for it. */
  make(topic: string, options: { readonly days?: number; readonly key?: string } = {}): PemPair {
    const { days = 365, key = 'rsa:2048' } = options;
    return this.#request(`-subj /UID=${topic}/CN=APSP/C=US -days ${days} -newkey ${key}`);
  }

  /** A server's, for 127.0.0.1. */
  makeServer(): PemPair {
    return this.#request('-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -days 30 -newkey rsa:2048');
  }

  /** What openssl exports of a pair; `words` choose the ciphers. */
  pkcs12({ certificate, key }: PemPair, password: string, words = ''): string {
    this.folder.write('in.pem', certificate + key);
    this.folder.run(`pkcs12 -export -in in.pem -out out.p12 -passout pass:${password} ${words}`.trim());
    return this.folder.read('out.p12').toString('base64');
  }

  /** The certificate that answers a request (PEM), as from a certificate authority. */
  answer(request: string, topic: string, days = 365): string {
    const ca = this.make('ca');
    this.folder.write('ca.pem', ca.certificate + ca.key);
    this.folder.write('csr.pem', request);
    this.folder.run(
      `x509 -req -in csr.pem -CA ca.pem -CAkey ca.pem -out answer.pem -days ${days} -set_serial 7 -subj /UID=${topic}/CN=APSP`,
    );
    return this.folder.read('answer.pem').toString();
  }

  remove(): void {
    this.folder.remove();
  }

  #request(words: string): PemPair {
    this.#made += 1;
    const name = String(this.#made);
    this.folder.run(`req -x509 -nodes -keyout ${name}.key -out ${name}.pem ${words}`);
    return {
      certificate: this.folder.read(`${name}.pem`).toString(),
      key: this.folder.read(`${name}.key`).toString(),
    };
  }
}
