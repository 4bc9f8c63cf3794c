import type { PositionView } from '../position.ts';

const COLUMNS = [
  'fixTime',
  'receivedAt',
  'lat',
  'lon',
  'speedKmh',
  'headingDeg',
  'altitudeM',
  'accuracyM',
  'satellites',
  'ignition',
  'odometerM',
  'batteryV',
  'alarm',
  'h3',
  'attributes',
] as const satisfies readonly (keyof PositionView)[];

/** RFC 4180, with a header line; absent values are empty, attributes are JSON. */
export function positionsAsCsv(positions: readonly PositionView[]): string {
  const lines = positions.map((position) => COLUMNS.map((column) => cellOf(position[column])).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

function cellOf(value: PositionView[keyof PositionView]): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return Object.keys(value).length === 0 ? '' : quoted(JSON.stringify(value));
  // A tracker chooses its alarm's text, and a spreadsheet would run one that begins like a formula.
  const text = value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
