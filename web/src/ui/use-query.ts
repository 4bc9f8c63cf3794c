import { useCallback, useEffect, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { withToken } from '../api/session.ts';

export type Query<Value> =
  | { phase: 'reading'; value: null }
  | { phase: 'failed'; value: null; why: string }
  /** `why` tells that the last reading failed, and what is shown is older. */
  | { phase: 'read'; value: Value; why: string | null };

export interface QueryResult<Value> {
  query: Query<Value>;
  /** Reads again; what is shown stays until the answer is there. */
  again(): void;
  /** Puts what another request answered in place of what was read. */
  put(change: (value: Value) => Value): void;
}

/**
 * What `read` answers; read anew when it changes. `read` is a function of `useCallback`, given a
 * token, a signal, and a way to show what it has so far.
 */
export function useQuery<Value>(
  read: (token: string, signal: AbortSignal, soFar: (value: Value) => void) => Promise<Value>,
): QueryResult<Value> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ of: unknown; query: Query<Value> }>({ of: read, query: READING });
  // What was asked for by another `read` is not the answer to this one.
  const query: Query<Value> = state.of === read ? state.query : READING;

  useEffect(() => {
    const abort = new AbortController();
    const show = (value: Value) => {
      if (!abort.signal.aborted) setState({ of: read, query: { phase: 'read', value, why: null } });
    };
    withToken((token) => read(token, abort.signal, show)).then(show, (error: unknown) => {
      if (abort.signal.aborted) return;
      const why = explain(error);
      setState((held) =>
        held.of === read && held.query.phase === 'read'
          ? { of: read, query: { ...held.query, why } }
          : { of: read, query: { phase: 'failed', value: null, why } },
      );
    });
    return () => abort.abort();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a new round is what reads again
  }, [read, round]);

  const again = useCallback(() => {
    setState((held) => (held.query.phase === 'failed' ? { of: held.of, query: READING } : held));
    setRound((before) => before + 1);
  }, []);
  const put = useCallback(
    (change: (value: Value) => Value) =>
      setState((held) =>
        held.query.phase === 'read'
          ? { of: held.of, query: { ...held.query, value: change(held.query.value) } }
          : held,
      ),
    [],
  );
  return { query, again, put };
}

const READING = { phase: 'reading', value: null } as const;

/** A failure in a sentence for whoever looks at the page. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 403) return 'Your role does not allow this.';
    return error.message;
  }
  if (error instanceof SyntaxError) return 'The server’s answer broke off.';
  return error instanceof Error && error.message ? error.message : 'Something went wrong.';
}
