import { Asn1Error } from './asn1-error.ts';
import type { Asn1Node } from './node.ts';

/** Takes the elements of a SEQUENCE or SET one after the other, as a module in ASN.1 lists them. */
export class Fields {
  readonly #node: Asn1Node;
  #next = 0;

  /** @throws Asn1Error `unexpected` when the node is not a constructed element with this tag */
  constructor(node: Asn1Node, tag: number) {
    if (node.tag !== tag || !node.constructed) throw new Asn1Error('unexpected', node.offset);
    this.#node = node;
  }

  takeAny(): Asn1Node {
    const node = this.#node.children[this.#next];
    if (node === undefined) throw new Asn1Error('unexpected', this.#node.end);
    this.#next += 1;
    return node;
  }

  take(tag: number): Asn1Node {
    const node = this.takeAny();
    if (node.tag !== tag) throw new Asn1Error('unexpected', node.offset);
    return node;
  }

  /** The next element where it has this tag, else null and nothing is taken. */
  takeIf(tag: number): Asn1Node | null {
    const node = this.#node.children[this.#next];
    if (node === undefined || node.tag !== tag) return null;
    this.#next += 1;
    return node;
  }

  /** @throws Asn1Error when an element is left over */
  end(): void {
    const node = this.#node.children[this.#next];
    if (node !== undefined) throw new Asn1Error('unexpected', node.offset);
  }
}

/** The one element inside an explicit tag, a SET of one value and the like. */
export function onlyChild(node: Asn1Node): Asn1Node {
  const [child, extra] = node.children;
  if (child === undefined || extra !== undefined) throw new Asn1Error('unexpected', node.offset);
  return child;
}
