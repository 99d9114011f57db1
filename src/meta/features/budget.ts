/**
 * Shares `total` numbers among tensors that could fill `demands[i]` each: small demands are met first, what is left is
 * split evenly among the larger ones (max-min fairness). Where the total does not give one to each, the first ones get one.
 */
export function fairShares(demands: readonly number[], total: number): number[] {
  const shares = new Array<number>(demands.length).fill(0);
  const ascending = demands.map((demand, index) => ({ demand, index })).sort((a, b) => a.demand - b.demand);
  let left = total;
  ascending.forEach(({ demand, index }, position) => {
    const even = Math.max(1, Math.floor(left / (ascending.length - position)));
    const share = Math.min(demand, even, left);
    shares[index] = share;
    left -= share;
  });
  return shares;
}
