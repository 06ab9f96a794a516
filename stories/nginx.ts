import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';

/** The first block of nginx in docs/operations.md: what an administrator copies. */
export async function nginxOfTheManual(): Promise<string> {
  const manual = await readFile(path.resolve(import.meta.dirname, '../docs/operations.md'), 'utf8');
  const block = /```nginx\n(?<text>[\s\S]*?)```/.exec(manual)?.groups?.['text'];
  if (block === undefined) throw new Error('docs/operations.md has no block of nginx');
  return block;
}

export type Nginx = {
  readonly people: URL;
  readonly macs: URL;
  /** PEM of the certificate it shows. */
  readonly certificate: string;
  /** Writes the manual's configuration for these servers and starts it. */
  readonly start: (backendPorts: readonly number[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A real nginx with the manual's configuration; two ports of this machine stand for its two names. */
export async function prepareNginx(ports: {
  readonly people: number;
  readonly macs: number;
}): Promise<Nginx> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-nginx-'));
  makeCertificate(folder);
  const certificate = await readFile(path.join(folder, 'tls.pem'), 'utf8');
  let stop: () => Promise<void> = async () => undefined;
  return {
    people: new URL(`https://localhost:${ports.people}`),
    macs: new URL(`https://localhost:${ports.macs}`),
    certificate,
    start: async (backendPorts) => {
      const text = (await nginxOfTheManual())
        .replace('server 127.0.0.1:8080;', backendPorts.map((each) => `server 127.0.0.1:${each};`).join(' '))
        .replace('listen 443', `listen localhost:${ports.people}`)
        .replace('listen 443', `listen localhost:${ports.macs}`)
        .replaceAll(/server_name \S+;/g, 'server_name localhost;')
        .replaceAll(/ssl_certificate \S+;/g, `ssl_certificate ${folder}/tls.pem;`)
        .replaceAll(/ssl_certificate_key \S+;/g, `ssl_certificate_key ${folder}/tls.key;`);
      await mkdir(path.join(folder, 'temp'));
      await writeFile(path.join(folder, 'nginx.conf'), around(folder, text));
      stop = await run(folder, ports.macs);
    },
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What an installation's own nginx.conf has around the block: here, everything in one folder. */
const around = (folder: string, text: string): string => `
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
user root;
events { worker_connections 512; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${folder}/temp/${each};`).join('\n  ')}
${text}
}
`;

function makeCertificate(folder: string): void {
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
      .concat(['-addext', 'subjectAltName=DNS:localhost'])
      .concat(['-keyout', path.join(folder, 'tls.key'), '-out', path.join(folder, 'tls.pem')]),
    { stdio: 'ignore' },
  );
}

async function run(folder: string, port: number): Promise<() => Promise<void>> {
  const nginx = spawn('nginx', ['-c', path.join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  nginx.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const exit = once(nginx, 'exit');
  for (let count = 0; !(await isListening(port)); count += 1) {
    if (nginx.exitCode !== null || count > 200) throw new Error(`nginx does not start: ${said}`);
    await pause(25);
  }
  return async () => {
    nginx.kill('SIGTERM');
    await exit;
  };
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: 'localhost', rejectUnauthorized: false, servername: 'localhost' });
    const end = (there: boolean) => (): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once('secureConnect', end(true));
    socket.once('error', end(false));
  });
