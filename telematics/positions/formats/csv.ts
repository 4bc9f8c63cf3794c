import type { PositionView } from '../position.ts';
import type { PositionWriter } from './position-writer.ts';

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
  'distanceM',
] as const satisfies readonly (keyof PositionView)[];

const VERDICT_COLUMNS = ['verdict', 'doubts', 'remarks'] as const satisfies readonly (keyof PositionView)[];

/**
 * RFC 4180, with a header line; absent values are empty, attributes are JSON, and several doubts or
 * remarks have a space between them. Where doubtful positions are among them, each has its verdict.
 */
export function createCsvWriter({ withVerdicts }: { withVerdicts: boolean }): PositionWriter {
  const columns = withVerdicts ? [...COLUMNS, ...VERDICT_COLUMNS] : COLUMNS;
  const lineOf = (position: PositionView): string =>
    `${columns.map((column) => cellOf(position[column])).join(',')}\r\n`;
  return {
    begin: () => `${columns.join(',')}\r\n`,
    write: (positions) => positions.map(lineOf).join(''),
    end: () => '',
  };
}

function cellOf(value: PositionView[keyof PositionView]): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object') return Object.keys(value).length === 0 ? '' : quoted(JSON.stringify(value));
  // A tracker chooses its alarm's text, and a spreadsheet would run one that begins like a formula: the
  // signs are those of OWASP's page on CSV injection, the full-width ones of East Asian input included.
  const text = value.replace(/^[=+\-@\t\r\n＝＋－＠]/, "'$&");
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
