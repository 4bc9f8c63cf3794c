import { useEffect, useRef, useState } from 'react';
import { type ExportFormat, exportStream } from '../api/history.ts';
import { withToken } from '../api/session.ts';
import { explain } from '../ui/use-query.ts';
import { type Day, rangeOfDay } from './day.ts';
import { saveStream } from './save-stream.ts';

const FORMATS: readonly { format: ExportFormat; name: string; use: string }[] = [
  { format: 'csv', name: 'CSV', use: 'a table, for spreadsheets' },
  { format: 'gpx', name: 'GPX', use: 'a track, for navigation programs' },
  { format: 'geojson', name: 'GeoJSON', use: 'points, for maps and GIS' },
  { format: 'kml', name: 'KML', use: 'a track, for Google Earth' },
];

interface ExportsProps {
  id: string;
  label: string;
  day: Day;
  /** The doubtful positions too. */
  withDoubtful: boolean;
}

/** Every position of the day, not the thinned line, as a file. */
export function Exports({ id, label, day, withDoubtful }: ExportsProps) {
  const [busy, setBusy] = useState<ExportFormat | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const save = async (format: ExportFormat) => {
    const controller = new AbortController();
    abort.current = controller;
    setBusy(format);
    setProblem(null);
    const verdict = withDoubtful ? 'all' : 'good';
    try {
      await saveStream(`${fileNameOf(label)}-${day}.${format}`, () =>
        withToken((token) =>
          exportStream(token, id, { ...rangeOfDay(day), format, verdict }, controller.signal),
        ),
      );
    } catch (error) {
      if (!controller.signal.aborted) setProblem(`Not saved. ${explain(error)}`);
    }
    if (!controller.signal.aborted) setBusy(null);
  };

  return (
    <section className="replay-part" aria-label="Export the day">
      <h3>Export {withDoubtful ? 'every position' : 'the good positions'} of the day</h3>
      <div className="exports">
        {FORMATS.map(({ format, name, use }) => (
          <button
            key={format}
            type="button"
            className="button small"
            title={`Save as ${name}: ${use}`}
            disabled={busy !== null}
            onClick={() => void save(format)}
            data-testid={`export-${format}`}
          >
            {busy === format ? 'Saving…' : name}
          </button>
        ))}
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

/** `Boda 104` as `boda-104`. */
function fileNameOf(label: string): string {
  return (
    label
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'vehicle'
  );
}
