import { OpensslFolder } from '@keyhaven/apple-mdm/oracle/openssl';

/** A certificate with its key, PEM. `cert` is what is served: the certificate, then what stands above it. */
export type Served = { readonly key: string; readonly cert: string };

/** A private authority of a test: a root, one intermediate, and what that signs. */
export type Authority = {
  readonly root: string;
  /** For this name, by the intermediate, which is served too unless `alone`. `days` may be -1: ended yesterday. */
  readonly issue: (host: string, options?: { readonly days?: number; readonly alone?: boolean }) => Served;
  /** Signed by itself. `subject` as openssl writes it: `/CN=x`. */
  readonly selfSigned: (host: string, subject?: string) => Served;
  readonly remove: () => void;
};

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';

/** Makes it with the `openssl` command. */
export function makeAuthority(): Authority {
  const openssl = new OpensslFolder();
  const text = (name: string): string => openssl.read(name).toString();
  openssl.write('ca.ext', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign');
  openssl.run(`req -x509 ${newKey} -keyout root.key -out root.pem -days 300 -subj /CN=Root`);
  openssl.run(`req -new ${newKey} -keyout middle.key -out middle.csr -subj /CN=Middle`);
  openssl.run(
    'x509 -req -in middle.csr -CA root.pem -CAkey root.key -CAcreateserial -days 299 -extfile ca.ext -out middle.pem',
  );
  return {
    root: text('root.pem'),
    issue: (host, { days = 90, alone = false } = {}) => {
      openssl.write('leaf.ext', `subjectAltName=DNS:${host}`);
      openssl.run(`req -new ${newKey} -keyout leaf.key -out leaf.csr -subj /CN=leaf`);
      openssl.run(
        `x509 -req -in leaf.csr -CA middle.pem -CAkey middle.key -CAcreateserial -days ${days} -extfile leaf.ext -out leaf.pem`,
      );
      return { key: text('leaf.key'), cert: text('leaf.pem') + (alone ? '' : text('middle.pem')) };
    },
    selfSigned: (host, subject = '/CN=self') => {
      openssl.run(
        `req -x509 ${newKey} -keyout self.key -out self.pem -days 90 -subj ${subject} -addext subjectAltName=DNS:${host}`,
      );
      return { key: text('self.key'), cert: text('self.pem') };
    },
    remove: () => openssl.remove(),
  };
}
