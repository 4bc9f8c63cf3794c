import { storableText } from '../positions/adapters/storable-text.ts';

/** The longest explanation kept; a refusal may quote what it refuses. */
const MAX_DETAIL_LENGTH = 500;

/** An explanation as it is kept. */
export function storableDetail(detail: string): string {
  return storableText(detail.slice(0, MAX_DETAIL_LENGTH));
}
