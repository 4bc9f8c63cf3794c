import { useEffect, useRef } from 'react';
import type { Position } from '../api/types.ts';
import { count } from '../format/units.ts';
import { Failed } from '../ui/page-state.tsx';
import type { QueryResult } from '../ui/use-query.ts';
import { clockTime } from './day.ts';
import { DOUBT_WORDS, REMARK_WORDS, shortDoubts } from './doubt-words.ts';
import { isPlaced, type PlacedFix } from './replay-store.ts';
import type { Doubtful } from './use-day.ts';

/** Rows of the list; who wants to see more of them exports the day. */
const MAX_LISTED = 200;

interface DoubtfulFixesProps {
  result: QueryResult<Doubtful | null>;
  wanted: boolean;
  picked: string | null;
  onWanted(wanted: boolean): void;
  onPick(fixTime: string | null): void;
}

/** The switch that shows the doubtful fixes of the day, and what speaks against each. */
export function DoubtfulFixes({ result, wanted, picked, onWanted, onPick }: DoubtfulFixesProps) {
  const { query } = result;
  const doubtful = query.value;
  return (
    <section className="replay-part" aria-label="Doubtful fixes">
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={wanted}
          checked={wanted}
          onChange={(event) => onWanted(event.currentTarget.checked)}
          data-testid="replay-doubtful"
        />
        <span>Show doubtful fixes</span>
        {wanted && doubtful && (
          <output className="tally" data-testid="doubtful-count">
            {count(doubtful.fixes.length)}
            {doubtful.complete ? '' : '…'}
          </output>
        )}
      </label>
      {wanted && query.phase === 'reading' && <p className="hint">Looking through the day…</p>}
      {wanted && query.phase === 'failed' && <Failed why={query.why} onAgain={result.again} />}
      {wanted && doubtful?.complete && doubtful.fixes.length === 0 && (
        <p className="hint">Every fix of this day is good.</p>
      )}
      {wanted && doubtful && doubtful.fixes.length > 0 && (
        <>
          <ul className="doubts">
            {doubtful.fixes.slice(0, MAX_LISTED).map((fix) => (
              <DoubtfulRow
                key={fix.fixTime}
                fix={fix}
                open={picked === fix.fixTime}
                onToggle={() => onPick(picked === fix.fixTime ? null : fix.fixTime)}
              />
            ))}
          </ul>
          {doubtful.fixes.length > MAX_LISTED && (
            <p className="hint">The first {MAX_LISTED} are listed; all that have a place are on the map.</p>
          )}
          {doubtful.isCut && <p className="hint">The day has more positions than are looked through here.</p>}
        </>
      )}
    </section>
  );
}

function DoubtfulRow({ fix, open, onToggle }: { fix: Position; open: boolean; onToggle(): void }) {
  const row = useRef<HTMLLIElement>(null);
  // It may have been picked on the map, while its row is out of sight.
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  return (
    <li ref={row} data-testid="doubtful-row">
      <button type="button" className="doubt" aria-expanded={open} onClick={onToggle}>
        <span className="doubt-mark" data-placed={isPlaced(fix)} aria-hidden="true" />
        <span className="doubt-time">{clockTime(Date.parse(fix.fixTime))}</span>
        <span className="doubt-words">{shortDoubts(fix.doubts)}</span>
      </button>
      {open && (
        <div className="doubt-detail">
          <Reasons fix={fix} />
          {!isPlaced(fix) && <p>It has no place that could be drawn.</p>}
        </div>
      )}
    </li>
  );
}

function Reasons({ fix }: { fix: Position }) {
  return (
    <>
      {fix.doubts.map((doubt) => (
        <p key={doubt}>{DOUBT_WORDS[doubt]?.reason ?? doubt}</p>
      ))}
      {fix.remarks.map((remark) => (
        <p key={remark}>{REMARK_WORDS[remark] ?? remark}</p>
      ))}
    </>
  );
}

interface DoubtfulLabelProps {
  at: { fixTime: string; x: number; y: number };
  fixes: readonly PlacedFix[];
}

/** Beside the pointer: what speaks against the fix under it. The list says the same to who uses no pointer. */
export function DoubtfulLabel({ at, fixes }: DoubtfulLabelProps) {
  const fix = fixes.find(({ fixTime }) => fixTime === at.fixTime);
  if (!fix) return null;
  return (
    <div className="hover-label doubtful" style={{ left: at.x, top: at.y }} aria-hidden="true">
      <strong>{clockTime(Date.parse(fix.fixTime))}</strong>
      <Reasons fix={fix} />
    </div>
  );
}
