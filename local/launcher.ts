/** Signals within this time of the first are the same key press: a terminal, npm and the first stage each pass it on. */
const SAME_REQUEST_MS = 1_000;

/**
 * Tells when this program should end: a signal, or the first stage that started it is gone.
 * @param force called when a second request comes while the first is being carried out
 * @returns aborted at the first request, with why as its reason
 */
export function stopRequests(force: () => void): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const request = (why: string): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new Error(why));
    } else if (performance.now() - firstAt > SAME_REQUEST_MS) {
      force();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => request(signal));
  const gone = 'the first stage is gone';
  process.on('disconnect', () => request(gone));
  // Without a channel it is undefined; false means that it closed before anybody listened.
  const { connected } = process as { connected?: boolean };
  if (connected === false) request(gone);
  // Nobody reads any more once the terminal is closed; that must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}

/** Resolves when the program is asked to end. */
export async function untilStopped(requests: AbortSignal): Promise<void> {
  if (requests.aborted) return;
  await new Promise<void>((resolve) => requests.addEventListener('abort', () => resolve(), { once: true }));
}
