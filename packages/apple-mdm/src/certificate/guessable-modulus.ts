/**
 * Whether an RSA modulus has the mark of a faulty generator in some smart cards and TPMs, whose private keys can be
 * computed (CVE-2017-15361, "ROCA"): modulo each of these primes it is a power of 65537. Another key has it by chance
 * four times in 10⁹.
 */
export function isGuessableModulus(modulus: bigint): boolean {
  return MARKED.every(({ prime, powers }) => powers.has(Number(modulus % BigInt(prime))));
}

// Those below 158 of which the powers of 65537 leave something out.
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] as const;

const MARKED = PRIMES.map((prime) => ({ prime, powers: powersOf(65_537 % prime, prime) }));

function powersOf(base: number, prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}
