/** Something that holds from one instant up to another, epoch milliseconds. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export function spanOf(validFrom: Date, validTo: Date | null): Span {
  return { fromMs: validFrom.getTime(), toMs: validTo?.getTime() ?? Number.POSITIVE_INFINITY };
}

export function holdsAt({ fromMs, toMs }: Span, epochMs: number): boolean {
  return epochMs >= fromMs && epochMs < toMs;
}

/** Narrows a span around an instant so that none of the others begins or ends within it. */
export function narrow(around: Span, epochMs: number, others: readonly Span[]): Span {
  let { fromMs, toMs } = around;
  for (const other of others) {
    for (const edge of [other.fromMs, other.toMs]) {
      if (edge <= epochMs && edge > fromMs) fromMs = edge;
      if (edge > epochMs && edge < toMs) toMs = edge;
    }
  }
  return { fromMs, toMs };
}
