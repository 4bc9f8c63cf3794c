import { useState } from 'react';
import type { GeofenceFormat } from '../api/geofence-types.ts';
import { exportGeofences } from '../api/geofences.ts';
import { withToken } from '../api/session.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { saveStream } from '../replay/save-stream.ts';
import { explain } from '../ui/use-query.ts';
import { ImportDialog } from './import-dialog.tsx';
import { FORMAT_NAMES, FORMATS } from './import-form.ts';

/** An export that takes longer is given up. */
const EXPORT_TIMEOUT_MS = 10 * 60_000;

interface FenceExchangeProps {
  may: Permissions;
  isEmpty: boolean;
  onImported(): void;
}

/** Geofences from elsewhere, and for elsewhere. */
export function FenceExchange({ may, isEmpty, onImported }: FenceExchangeProps) {
  const [importing, setImporting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (format: GeofenceFormat) => {
    setBusy(true);
    setProblem(null);
    try {
      await saveStream(`geofences.${format}`, () =>
        withToken((token) => exportGeofences(token, format, AbortSignal.timeout(EXPORT_TIMEOUT_MS))),
      );
    } catch (error) {
      setProblem(`Not saved. ${explain(error)}`);
    }
    setBusy(false);
  };
  return (
    <footer className="exchange">
      {may.write && (
        <button
          type="button"
          className="button small"
          onClick={() => setImporting(true)}
          data-testid="geofence-import"
        >
          <Icon name="upload" /> Import
        </button>
      )}
      {!isEmpty && (
        <span className="export-as">
          <Icon name="download" /> Export
          {FORMATS.map((format) => (
            <button
              key={format}
              type="button"
              className="link"
              disabled={busy}
              onClick={() => void save(format)}
              data-testid={`geofence-export-${format}`}
            >
              {FORMAT_NAMES[format]}
            </button>
          ))}
        </span>
      )}
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {importing && <ImportDialog onImported={onImported} onClose={() => setImporting(false)} />}
    </footer>
  );
}
