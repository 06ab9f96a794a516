import { SafeError } from '../log/safe-error.ts';

/** Why the embedded database cannot run. The message is one sentence for whoever started the server. */
export class EmbeddedPostgresFailed extends SafeError {
  override readonly name = 'EmbeddedPostgresFailed';
  readonly kind: 'folder-in-use' | 'no-binaries' | 'not-permitted' | 'not-started' | 'unsupported';
  constructor(kind: EmbeddedPostgresFailed['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
