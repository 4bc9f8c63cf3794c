import { type FormEvent, useState } from 'react';
import type { GeofenceFormat, GeofenceKind, Imported } from '../api/geofence-types.ts';
import { importGeofences } from '../api/geofences.ts';
import { withToken } from '../api/session.ts';
import { count } from '../format/units.ts';
import { Dialog } from '../ui/dialog.tsx';
import { explain } from '../ui/use-query.ts';
import { FORMAT_NAMES, FORMATS, formatOf, MAX_IMPORT_BYTES } from './import-form.ts';
import { FENCE_KIND_NAMES, FENCE_KINDS } from './words.ts';

/** Refused features that are listed. */
const MAX_REFUSED_ROWS = 200;

interface ImportDialogProps {
  onImported(): void;
  onClose(): void;
}

/** Takes geofences from a file or a pasted text; what cannot be one is listed with the reason. */
export function ImportDialog({ onImported, onClose }: ImportDialogProps) {
  const [text, setText] = useState('');
  const [format, setFormat] = useState<GeofenceFormat>('geojson');
  const [kind, setKind] = useState<GeofenceKind>('other');
  const [width, setWidth] = useState('100');
  const [radius, setRadius] = useState('300');
  const [isLatLon, setIsLatLon] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [done, setDone] = useState<Imported | null>(null);

  const take = (taken: string, fileName = '') => {
    setText(taken);
    const looksLike = formatOf(taken, fileName);
    if (looksLike) setFormat(looksLike);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (new Blob([text]).size > MAX_IMPORT_BYTES)
      return setProblem('It is larger than 5 MiB; import it in parts.');
    setBusy(true);
    setProblem(null);
    const [corridorWidthM, pointRadiusM] = [Number(width), Number(radius)];
    const body = {
      format,
      text,
      kind,
      isLatLon: format === 'wkt' && isLatLon,
      ...(corridorWidthM > 0 && { corridorWidthM }),
      ...(pointRadiusM > 0 && { pointRadiusM }),
    };
    try {
      const imported = await withToken((token) => importGeofences(token, body));
      setDone(imported);
      if (imported.created.length > 0) onImported();
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  if (done) return <Outcome done={done} onClose={onClose} />;
  return (
    <Dialog title="Import geofences" onClose={onClose} testId="import-dialog">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <label className="field">
          File
          <input
            type="file"
            accept=".geojson,.json,.kml,.wkt,.txt,application/geo+json,application/vnd.google-earth.kml+xml"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (!file) return;
              if (file.size > MAX_IMPORT_BYTES)
                setProblem('The file is larger than 5 MiB; import it in parts.');
              else
                file.text().then(
                  (read) => take(read, file.name),
                  (error: unknown) => setProblem(explain(error)),
                );
            }}
          />
        </label>
        <label className="field">
          Or its text
          <textarea
            value={text}
            rows={6}
            spellCheck={false}
            placeholder="GeoJSON, KML or WKT"
            onChange={(event) => take(event.currentTarget.value)}
            data-testid="import-text"
          />
        </label>
        <div className="pair">
          <label className="field">
            Format
            <select
              value={format}
              onChange={(event) => setFormat(event.currentTarget.value as GeofenceFormat)}
              data-testid="import-format"
            >
              {FORMATS.map((each) => (
                <option key={each} value={each}>
                  {FORMAT_NAMES[each]}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            Kind, where it is not told
            <select value={kind} onChange={(event) => setKind(event.currentTarget.value as GeofenceKind)}>
              {FENCE_KINDS.map((each) => (
                <option key={each} value={each}>
                  {FENCE_KIND_NAMES[each]}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div className="pair">
          <label className="field">
            Lines become so wide, metres
            <input
              inputMode="decimal"
              value={width}
              onChange={(event) => setWidth(event.currentTarget.value)}
            />
          </label>
          <label className="field">
            Points become circles, radius in metres
            <input
              inputMode="decimal"
              value={radius}
              onChange={(event) => setRadius(event.currentTarget.value)}
            />
          </label>
        </div>
        {format === 'wkt' && (
          <label className="tick">
            <input
              type="checkbox"
              checked={isLatLon}
              onChange={(event) => setIsLatLon(event.currentTarget.checked)}
            />
            Latitude comes first, as Traccar writes it
          </label>
        )}
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <footer className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={busy || text.trim() === ''}
            data-testid="import-submit"
          >
            {busy ? 'Importing…' : 'Import'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function Outcome({ done, onClose }: { done: Imported; onClose(): void }) {
  const { created, refused } = done;
  return (
    <Dialog title="Import geofences" onClose={onClose} testId="import-outcome">
      <output className="dialog-text" data-testid="import-created" data-created={created.length}>
        {created.length === 0
          ? 'No geofence was'
          : created.length === 1
            ? 'One geofence was'
            : `${count(created.length)} geofences were`}{' '}
        imported{refused.length === 0 ? '.' : `, ${count(refused.length)} could not be.`}
      </output>
      {refused.length > 0 && (
        <ul className="refused">
          {refused.slice(0, MAX_REFUSED_ROWS).map(({ index, name, code, detail }) => (
            <li key={`${index} ${code}`} data-testid="import-refused">
              <strong>{name || `No. ${index + 1}`}</strong>
              <span>{detail}</span>
            </li>
          ))}
        </ul>
      )}
      <footer className="dialog-actions">
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </footer>
    </Dialog>
  );
}
