import { useEffect, useMemo, useRef, useState } from 'react';
import { quarantinePayload } from '../api/quarantine.ts';
import { withToken } from '../api/session.ts';
import type { QuarantineEntry } from '../api/types.ts';
import { Icon } from '../console/icons.tsx';
import { count } from '../format/units.ts';
import { offer, saveStream } from '../replay/save-stream.ts';
import { explain } from '../ui/use-query.ts';
import { bytesOf, hexRows, isText, MAX_SHOWN_BYTES, textOf } from './bytes.ts';

/** The bytes as the tracker sent them, as text and as hexadecimal. */
export function Payload({ entry }: { entry: QuarantineEntry }) {
  const bytes = useMemo(() => bytesOf(entry.payloadBase64), [entry.payloadBase64]);
  const [view, setView] = useState<'text' | 'hex'>(() =>
    isText(bytes, entry.payloadTruncated) ? 'text' : 'hex',
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const save = async () => {
    const fileName = `quarantine-${entry.id}.bin`;
    if (!entry.payloadTruncated) return offer(fileName, new Blob([bytes]));
    const controller = new AbortController();
    abort.current = controller;
    setBusy(true);
    setProblem(null);
    try {
      await saveStream(fileName, () =>
        withToken((token) => quarantinePayload(token, entry.id, controller.signal)),
      );
    } catch (error) {
      if (!controller.signal.aborted) setProblem(`Not saved. ${explain(error)}`);
    }
    if (!controller.signal.aborted) setBusy(false);
  };
  return (
    <section className="payload" aria-label="Payload">
      <header>
        <h3>
          Payload <small>{count(entry.payloadBytes)} bytes</small>
        </h3>
        <fieldset className="segments" aria-label="Show as">
          <button type="button" aria-pressed={view === 'text'} onClick={() => setView('text')}>
            Text
          </button>
          <button
            type="button"
            aria-pressed={view === 'hex'}
            onClick={() => setView('hex')}
            data-testid="payload-hex"
          >
            Hex
          </button>
        </fieldset>
        <button
          type="button"
          className="icon-button"
          aria-label="Save the bytes"
          title="Save the bytes"
          disabled={busy}
          onClick={() => void save()}
        >
          <Icon name="download" />
        </button>
      </header>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {bytes.length === 0 ? (
        <p className="hint">The message was empty.</p>
      ) : view === 'text' ? (
        <pre data-testid="payload">{textOf(bytes)}</pre>
      ) : (
        <pre className="hex" data-testid="payload">
          {hexRows(bytes).map(({ offset, hex, text }) => (
            <span key={offset}>
              <i>{offset}</i>
              <b>{hex}</b>
              <em>{text}</em>
            </span>
          ))}
        </pre>
      )}
      {bytes.length > MAX_SHOWN_BYTES && (
        <p className="hint">The first {count(MAX_SHOWN_BYTES)} bytes are shown; saving gives all of them.</p>
      )}
    </section>
  );
}
