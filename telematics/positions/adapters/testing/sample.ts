import type { Position } from '../../position.ts';
import type { RefusalReason } from '../adapter.ts';

/** A small documented message, and what is to become of it. */
export interface Sample {
  /** What it shows. */
  name: string;
  topic: string;
  payload: Buffer;
  /** The fields that its position must have, `attributes` in full. */
  expected?: Partial<Position> & Pick<Position, 'attributes'>;
  refused?: RefusalReason;
}

/** A sample's payload of a JSON value. */
export const jsonPayload = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
