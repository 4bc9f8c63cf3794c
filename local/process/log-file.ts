import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';

/** A log longer than this becomes `<name>.1`, and the one that was there before is gone. */
const MAX_BYTES = 16 * 1_024 * 1_024;

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** A log of bounded size, begun anew; what the last run wrote is kept as `<path>.1`. */
export function openLogFile(path: string, maxBytes = MAX_BYTES): LogFile {
  let descriptor = begin();
  let bytes = 0;
  return {
    write(line) {
      bytes += writeSync(descriptor, `${line}\n`);
      if (bytes < maxBytes) return;
      closeSync(descriptor);
      descriptor = begin();
      bytes = 0;
    },
    close: () => closeSync(descriptor),
  };

  function begin(): number {
    if (statSync(path, { throwIfNoEntry: false })?.size) renameSync(path, `${path}.1`);
    return openSync(path, 'a', 0o600);
  }
}
