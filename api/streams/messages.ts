import type { GeofenceExport } from '@wayleave/telematics/geofences/export.ts';
import type { ExportQuery, TrackQuery } from '@wayleave/telematics/positions/history-text.ts';

/** A document to be made. */
export type StreamJob =
  | ({ kind: 'export' } & ExportQuery)
  | ({ kind: 'track' } & TrackQuery)
  | ({ kind: 'geofences' } & GeofenceExport);

/** What a worker thread is started with. */
export interface WorkerStart {
  databaseUrl: string;
  logLevel: string;
  connections: number;
  chunksAhead: number;
}

export type ToWorker =
  | { type: 'open'; id: number; operatorId: string; job: StreamJob }
  /** The reader took one chunk: another may be made. */
  | { type: 'taken'; id: number }
  | { type: 'cancel'; id: number }
  | { type: 'close' };

export type FromWorker =
  | { type: 'chunk'; id: number; bytes: Uint8Array<ArrayBuffer> }
  | { type: 'end'; id: number }
  /** `refusal` is what a caller may be told; otherwise the worker's log has what went wrong. */
  | { type: 'failed'; id: number; refusal: { code: string; status: number; message: string } | null };
