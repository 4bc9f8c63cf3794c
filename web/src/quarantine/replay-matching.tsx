import { useState } from 'react';
import { type QuarantineFilter, requestReplay } from '../api/quarantine.ts';
import { withToken } from '../api/session.ts';
import { Icon } from '../console/icons.tsx';
import { count } from '../format/units.ts';
import { Confirm } from '../ui/confirm.tsx';

/** Messages that one request marks at the most, by the API's contract; fewer were the last ones. */
const MARKED_PER_REQUEST = 10_000;
/** A quarantine of half a million. */
const MAX_REQUESTS = 50;

interface ReplayMatchingProps {
  filter: QuarantineFilter;
  onRequested(): void;
}

/** Asks for every open message that fits the filter to be read again. */
export function ReplayMatching({ filter, onRequested }: ReplayMatchingProps) {
  const [asking, setAsking] = useState(false);
  const [requested, setRequested] = useState<number | null>(null);
  const narrowed = Object.keys(filter).length > 0;

  const replay = async () => {
    let all = 0;
    for (let request = 0; request < MAX_REQUESTS; request++) {
      const answer = await withToken((token) => requestReplay(token, { filter }));
      all += answer.requested;
      if (answer.requested < MARKED_PER_REQUEST) break;
    }
    setRequested(all);
    onRequested();
  };
  return (
    <>
      <button
        type="button"
        className="button primary"
        onClick={() => setAsking(true)}
        data-testid="quarantine-replay-all"
      >
        <Icon name="again" /> {narrowed ? 'Replay all that match' : 'Replay all'}
      </button>
      {requested !== null && (
        <output className="hint">
          {requested === 0
            ? 'All of them wait already.'
            : `${count(requested)} ${requested === 1 ? 'message is' : 'messages are'} read again.`}
        </output>
      )}
      {asking && (
        <Confirm
          title={narrowed ? 'Replay every message that matches?' : 'Replay every open message?'}
          action="Replay"
          onConfirm={replay}
          onClose={() => setAsking(false)}
        >
          <p>
            They are read again with the formats, gateways and settings of now. What can be read is stored
            under the time at which it came first; the rest stays here with its new reason.
          </p>
        </Confirm>
      )}
    </>
  );
}
