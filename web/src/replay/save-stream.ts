/** What a browser that cannot write to a file as it reads is asked to hold. */
const MAX_HELD_MIB = 64;

interface SaveFilePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<WritableStream<Uint8Array<ArrayBuffer>>>;
  }>;
}

/** The document is larger than this browser can be asked to hold. */
export class TooLargeToHold extends Error {
  constructor() {
    super(
      `The export is larger than ${MAX_HELD_MIB} MiB, which this browser would have to hold in memory. ` +
        'Use Chrome or Edge, which write it to the file as it comes, or the API.',
    );
    this.name = 'TooLargeToHold';
  }
}

/**
 * Saves a document under a name that the reader may change. The file is chosen first, while the click
 * still counts; then the stream goes straight into it where the browser can do that, and otherwise
 * through memory up to a bound. Nothing of what breaks off is kept. Resolves with false when the reader
 * chose none.
 * @throws {TooLargeToHold}, and whatever `open` and the stream throw
 */
export async function saveStream(
  fileName: string,
  open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
): Promise<boolean> {
  if ('showSaveFilePicker' in window) {
    const file = await (window as unknown as SaveFilePicker)
      .showSaveFilePicker({ suggestedName: fileName })
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'AbortError') return null;
        throw error;
      });
    if (!file) return false;
    // Closing is what puts the file in place; a stream that fails aborts it instead.
    await (await open()).pipeTo(await file.createWritable());
    return true;
  }
  offer(fileName, new Blob(await heldWhole(await open(), MAX_HELD_MIB * 1024 * 1024)));
  return true;
}

/** The pieces of a stream. @throws {TooLargeToHold} */
export async function heldWhole(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return pieces;
    bytes += value.length;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new TooLargeToHold();
    }
    pieces.push(value);
  }
}

/** Gives the reader a file that is in memory. */
export function offer(fileName: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has begun to save by the next turn of the event loop, and then keeps the bytes itself.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
