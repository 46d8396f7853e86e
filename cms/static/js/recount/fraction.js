// Exact fractions: [numerator, denominator] of BigInt, in lowest terms, the denominator above 0.
function divisor(a, b) {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y) [x, y] = [y, x % y];
  return x;
}

export function frac(n, d = 1n) {
  const by = divisor(BigInt(n), BigInt(d)) || 1n;
  return [BigInt(n) / by, BigInt(d) / by];
}

export const plus = (a, b) => frac(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
export const minus = (a, b) => frac(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
export const times = (a, b) => frac(a[0] * b[0], a[1] * b[1]);
export const over = (a, b) => frac(a[0] * b[1], a[1] * b[0]);
export const zero = frac(0);

// Below 0, 0 or above 0: for sort().
export function compare(a, b) {
  const difference = a[0] * b[1] - b[0] * a[1];
  return difference < 0n ? -1 : Number(difference > 0n);
}

// "7/3" or 7, as JSON has them.
export function read(written) {
  const [n, d = "1"] = String(written).split("/");
  return frac(BigInt(n), BigInt(d));
}
